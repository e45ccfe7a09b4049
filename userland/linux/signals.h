/* SPDX-License-Identifier: MIT */
/*
 * Signals that a thread sends to itself (raise, abort). There are no others: nobody else can interrupt a
 * thread, and a fault ends the process.
 */
#pragma once
#include "userland/linux/frame.h"
#include "userland/linux/threads.h"
#include <linux/signal.h>

enum { SIGNALS = 64 };

/* As a mask: bit 0 is signal 1. */
static inline uint64_t signal_bit(int signal)
{
    return 1ull << (signal - 1);
}

/*
 * Makes the thread return from its call into the handler, on its own stack, and from there by rt_sigreturn to
 * where it was, with `result`. -EFAULT: there is no room for that.
 */
J6_MUST_USE int64_t signal_frame_push(struct frame *frame, struct linux_thread *thread, int signal,
                                      const struct sigaction *action, int64_t result);

/* Undoes that; tells what is in rax then. */
J6_MUST_USE int64_t signal_frame_pop(struct frame *frame, struct linux_thread *thread,
                                     int64_t *out_result);

/* The reader of a pipe has gone: ends the process, unless it wants to know nothing of that. */
void signal_broken_pipe(void);
