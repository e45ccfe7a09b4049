/* SPDX-License-Identifier: MIT */
/*
 * The table of descriptors, and what is behind one: a file, which is of some kind (file.h). Several
 * descriptors may share a file (dup), and several threads use one at once.
 *
 * Rules for descriptors: a file lives while it has references. descriptor_file adds one, so that a descriptor
 * may be closed while its file is in use.
 */
#pragma once
#include "userland/linux/file.h"

enum { DESCRIPTORS_MAX = 1024 };

/* 0, 1 and 2, from the handles with the roles stdin, stdout, stderr. */
void descriptors_init(void);

/* What programs have written to the log, but for the end of a line. */
void descriptors_flush(void);

/* NULL: it isn't open. */
struct file *descriptor_file(int descriptor);
bool descriptor_is_open(int descriptor);

/*
 * The lowest free descriptor that is at least `lowest`. Takes the caller's reference, on success alone.
 * -EMFILE: there is none.
 */
J6_MUST_USE int64_t descriptor_open(struct file *file, int lowest, bool close_on_exec);
