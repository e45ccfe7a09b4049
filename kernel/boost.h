/* SPDX-License-Identifier: MIT */
/*
 * Boosts: a thread that holds calls of others runs as urgently as the most urgent of these, until they are
 * answered or given up. The first of them also pays for it: while that caller and its holder belong
 * to one CPU, the holder runs on the caller's turn (kernel/run_queue.h), so that nobody gets more of the
 * CPU by asking others to work.
 *
 * How urgent a caller is counts at the moment of delivery; what it has by its own boost is in that, so
 * chains of calls need no walk.
 *
 * Rules: boost_give and boost_take_back are called under the lock that guards the caller's wait. Who calls
 * boost_give owns the holder, or is the holder. A holder that ends makes its callers forget it.
 */
#pragma once
#include "kernel/base/spinlock.h"
#include "kernel/sched.h"

enum { BOOST_NONE = PRIORITIES };

struct boost {
    /*
     * The first call that it holds. Only who gives it sets it, when it is NULL; then only the end of that
     * call clears it.
     */
    struct thread *_Atomic serves;
    _Atomic uint32_t serves_level; /* how urgent that is; BOOST_NONE */
    _Atomic uint32_t others_level; /* the most urgent of the others */
    /* As a caller: guarded by the lock of its wait */
    struct thread *holder; /* NULL: nobody holds its call */
    uint32_t given_level;
    struct spinlock lock;
    /* Guarded by lock */
    uint32_t others[PRIORITIES]; /* how many there are of each level */
};

void boost_init(struct boost *boost);

/* The holder has received the caller's call; the call is over. */
void boost_give(struct thread *holder, struct thread *caller);
void boost_take_back(struct thread *caller);

/* Does it hold any calls? Exact if it is the running thread. */
bool boost_holds_calls(const struct boost *boost);
