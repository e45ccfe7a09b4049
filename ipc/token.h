/* SPDX-License-Identifier: MIT */
/*
 * Reply tokens: which thread has called, and which of its calls it is.
 *
 *   63            20 19            0
 *   | number of call | thread slot |     never 0: calls are counted from 1
 *
 * Rules: a token says nothing by itself: it is good for the process that received the call, through that
 * endpoint, once. The endpoint's lock is held.
 */
#pragma once
#include "ipc/endpoint.h"
#include "kernel/thread.h"
#include "kernel/thread_slot.h"

/* Of the call that the thread makes at the moment. */
static inline uint64_t token_of(const struct thread *caller)
{
    return caller->ipc.calls << THREAD_SLOT_BITS | caller->slot;
}

/*
 * The thread that waits for this reply by that process. not_found: none has made this call to it here, or
 * it was answered. cancelled: the caller has given it up. Of a call that is more than 64 calls ago nobody
 * remembers whether it was answered: cancelled.
 */
j6_status_t token_caller_locked(const struct endpoint *endpoint, const struct process *process,
                                uint64_t token, struct thread **out_caller) J6_MUST_USE;
