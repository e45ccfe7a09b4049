/* SPDX-License-Identifier: MIT */
/*
 * The stacks that the layer stands on during a call (entry.asm): one for each thread that there is, side
 * by side in one mapping.
 *
 * Rules: a thread that is to be made is counted first, and has a stack from then on; it isn't counted
 * any more when it has left its last one. Who takes the first stack that isn't busy, with at most n - 1
 * others doing the same, finds one of the first n (Moir and Anderson, "Wait-free algorithms for fast,
 * long-lived renaming", on test-and-set).
 */
#pragma once
#include "userland/linux/frame.h"
#include <j6/status.h>

enum {
    STACK_SIZE = 0x4000, /* also in entry.asm; -Wframe-larger-than keeps the layer far below */
    THREADS_MAX = 4096,
};

/* Makes the mapping, and room for the first thread. */
J6_MUST_USE j6_status_t stacks_init(void);

/* Counts one more thread. quota, no_memory: there is no room. */
J6_MUST_USE j6_status_t stacks_add_thread(void);

/* Undoes that: no thread was made. */
void stacks_remove_thread(void);

/* A busy stack for a thread that is about to begin (layer_child). */
struct frame *stacks_take(void);

/* Gives that back: the thread doesn't begin. */
void stacks_drop(struct frame *frame);
