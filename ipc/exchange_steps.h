/* SPDX-License-Identifier: MIT */
/*
 * What sending (ipc/send.c) and receiving (ipc/receive.c) share: the running thread's side of an exchange,
 * and its partner's after X3 (exchange.h).
 *
 * Rules: as exchange.h. What ends in _locked is called with the endpoint's lock.
 */
#pragma once
#include "ipc/exchange.h"
#include <j6/flags.h>

/* What a thread is about. */
struct exchange {
    struct thread *thread;
    struct endpoint *endpoint;
    j6_time_t deadline;
    bool is_call;
};

/* What the deadline says to who would have to wait. ok: wait. */
static inline j6_status_t exchange_may_wait(const struct exchange *exchange)
{
    if (exchange->deadline == j6_deadline_poll) {
        return j6_status_would_block;
    }
    return deadline_is_over(exchange->deadline) ? j6_status_timed_out : j6_status_ok;
}

static inline void exchange_wait_locked(const struct exchange *exchange,
                                        const struct wait_type *type)
{
    wait_begin_locked(exchange->thread, &exchange->endpoint->object.lock, type, 0,
                      exchange->deadline);
}

/* The running thread is done. */
static inline void exchange_finish(const struct exchange *exchange, j6_status_t status)
{
    exchange->thread->tcb.rax = status;
    exchange->thread->tcb.r15 = 0;
}

/*
 * Tries until it is done: others may spoil it each time, with memory that can't be written or read.
 * Once the thread waits, it isn't the last who refers to an endpoint that is open.
 */
void exchange_repeat(struct exchange *exchange, bool (*try)(struct exchange *exchange));

/*
 * The receiver has the message; who called is one of the callers of its service from now on. If the endpoint
 * has closed meanwhile there is no service any more.
 */
void exchange_deliver_locked(const struct endpoint *endpoint, struct thread *sender,
                             struct thread *receiver);

/* ---- the partner ---- */

/* Its wait ends with that status, or with one that came during the copy. */
void partner_end_locked(struct thread *partner, j6_status_t status);

/* A receiver that got nothing waits on. */
void partner_receives_again_locked(struct endpoint *endpoint, struct thread *receiver);

/* A sender's message keeps its place. */
void partner_sends_again_locked(struct endpoint *endpoint, struct thread *sender);

/* A sender's message was delivered: who called waits on, for the reply. */
void partner_was_received_locked(struct endpoint *endpoint, struct thread *sender);
