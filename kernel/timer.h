/* SPDX-License-Identifier: MIT */
/*
 * Timers: each CPU has a queue ordered by deadline, and one alarm for the earliest.
 *
 * Rules: the callback runs on the CPU that armed the timer, with interrupts off and no lock held. A
 * timer is armed and cancelled by whoever owns what it is part of. timer_cancel tells whether the
 * callback will not run; if it says false, the callback runs now or has run.
 */
#pragma once
#include "lib/avl.h"
#include <j6/types.h>
#include <stdbool.h>
#include <stdint.h>

struct timer {
    struct avl_node node;
    j6_time_t deadline;
    uint64_t serial; /* orders equal deadlines */
    void *queue;     /* NULL: not armed */
    void (*fire)(struct timer *timer);
};

void timer_arm(struct timer *timer, j6_time_t deadline, void (*fire)(struct timer *timer));
bool timer_cancel(struct timer *timer);

/* The running thread's turn ends at another time (kernel/sched.h). */
void timers_turn_changed(void);

/* Prepares this CPU's queue. */
void timers_init(void);

/* Fires what is due on this CPU, and sets the alarm for what comes next. */
void timers_run(void);
