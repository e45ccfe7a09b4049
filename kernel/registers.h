/* SPDX-License-Identifier: MIT */
/* The registers of a thread as debuggers see them, and where they lie in its tcb. */
#pragma once
#include "arch/tcb.h"
#include <j6/info.h>
#include <stdbool.h>

/* General registers, rip and rflags of a thread that isn't in user mode, and the FS base in its tcb. */
struct j6_thread_registers registers_of(const struct tcb *tcb);

/*
 * Could a thread have these in user mode? rip and rsp in the user half, the FS base too or 0, flags
 * that user code can have. What isn't so must never get into a tcb: a return to user mode that fails,
 * fails in the kernel.
 */
bool registers_are_good(const struct j6_thread_registers *registers);

/* Into the tcb of a thread that is stopped; all but the FS base. */
void registers_set(struct tcb *tcb, const struct j6_thread_registers *registers);
