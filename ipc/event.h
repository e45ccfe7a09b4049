/* SPDX-License-Identifier: MIT */
/*
 * Events: an object that is nothing but its signals, and a timer that sets one of them.
 *
 * The timer is due at its deadline, and each period after that. When it comes due, it sets `timer`.
 * A timer that finds `timer` set already isn't armed again until somebody clears that: what came due
 * meanwhile is reckoned then, and counted as missed. So a timer that nobody looks at costs nothing,
 * however short its period, and one that somebody does costs him a call each time.
 */
#pragma once
#include "kernel/base/kobject.h"
#include "kernel/timer.h"
#include "lib/container.h"
#include <j6/info.h>

struct event {
    struct kobject object;
    /* Guarded by the object's lock */
    struct timer timer; /* armed while there is a deadline and `timer` isn't set */
    j6_time_t deadline; /* the next one; never: none */
    j6_time_t period;   /* 0: the next one is the last */
    uint64_t count;     /* how often it has come due … */
    uint64_t missed;    /* … and how often of these `timer` was set still */
};

static inline struct event *event_of(struct kobject *object)
{
    return container_of(object, struct event, object);
}

/* quota, no_memory. The caller gets a reference. */
j6_status_t event_create(struct account *account, struct event **out_event) J6_MUST_USE;

/*
 * Clears `timer`, and sets the deadline and period; a deadline of never disarms it. invalid_arg (a
 * period without a deadline, or longer than time is), closed, bad_handle (the event has ended).
 */
j6_status_t event_set_timer(struct event *event, j6_time_t deadline, j6_time_t period) J6_MUST_USE;

/* Clears and sets signals. `timer` may be cleared: the next time that it comes due sets it. closed. */
j6_status_t event_signal(struct event *event, uint64_t clear, uint64_t set) J6_MUST_USE;

/* Ends it for everybody: all waits on it end. closed: that was done before. */
j6_status_t event_close(struct event *event) J6_MUST_USE;

void event_timer_info(struct event *event, struct j6_timer_info *out_info);
