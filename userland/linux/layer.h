/* SPDX-License-Identifier: MIT */
/*
 * What all files of the layer share: the program's memory, and errors as the program knows them.
 *
 * Rules for the layer: it runs in the program's process, on its own stacks (stacks.h), with the
 * program's FS base, so it has no thread-local variables; it uses no floating-point registers, which are
 * the program's. A call serves one row of calls.def; it returns what Linux would: a value, or an error
 * as -E….
 *
 * An address that the program gave is a user_ptr_t, which is never followed: the kernel copies, and
 * says when it can't. There are two kinds of exceptions. Where bytes go to a call of Senary's anyway,
 * that says bad_address itself. And what is read off a clock is stored as it is, like a vDSO does.
 */
#pragma once
#include <asm/errno.h>
#include <j6/j6.h>

typedef uint64_t user_ptr_t;

/* Both copy all of it, or say -EFAULT (-ENOMEM: the memory for a page isn't there). */
J6_MUST_USE int64_t user_read(void *to, user_ptr_t from, size_t len);
J6_MUST_USE int64_t user_write(user_ptr_t to, const void *from, size_t len);

/* 0 for ok, else -E…. */
int64_t linux_error(j6_status_t status);

/* Says something to the log, as the layer. */
void layer_warn(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
