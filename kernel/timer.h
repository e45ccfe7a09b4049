/* SPDX-License-Identifier: MIT */
/*
 * Timers: each CPU has a queue ordered by deadline, and one alarm for the earliest.
 *
 * Rules: the callback runs on the CPU that armed the timer, with interrupts off and no lock held. A
 * timer is armed by whoever owns what it is part of, and cancelled on any CPU. timer_cancel tells
 * whether the callback will not run; if it says false, it runs now, has run, or is about to: the timer
 * may be armed again all the same, since a callback is told for which round it was armed. Who has a
 * lock for what the timer is part of compares that with timer->round, and does nothing if it is stale.
 */
#pragma once
#include "lib/avl.h"
#include <j6/types.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct timer_queue;

struct timer {
    /* Guarded by the lock of the queue */
    struct avl_node node;
    j6_time_t deadline;
    uint64_t serial; /* orders equal deadlines */
    void (*fire)(struct timer *timer, uint64_t round);
    /* Whoever arms it */
    uint64_t round; /* counts how often it was armed, or might have been */
    /* Atomic */
    struct timer_queue *_Atomic queue; /* where it is armed; NULL: nowhere */
};

void timer_arm(struct timer *timer, j6_time_t deadline,
               void (*fire)(struct timer *timer, uint64_t round));
bool timer_cancel(struct timer *timer);

static inline bool timer_is_armed(const struct timer *timer)
{
    return atomic_load_explicit(&timer->queue, memory_order_relaxed) != NULL;
}

/* The running thread's turn ends at this time (kernel/sched.h): the alarm goes off by then. */
void timers_turn_ends(j6_time_t turn_end);

/* Prepares this CPU's queue. */
void timers_init(void);

/* Fires what is due on this CPU, and sets the alarm for what comes next. */
void timers_run(void);
