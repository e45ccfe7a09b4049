/* SPDX-License-Identifier: MIT */
/* Events as described in event.h. */
#include "ipc/event.h"
#include "arch/arch.h"
#include "kernel/signal.h"
#include "mm/slab.h"
#include <j6/flags.h>

SLAB_CACHE(event_cache, "event", struct event);

static void disarm_locked(struct event *event)
{
    event->deadline = j6_deadline_never; /* should it be firing at this moment, it finds that */
    timer_cancel(&event->timer);
}

static void event_destroy(struct kobject *object)
{
    spinlock_lock(&object->lock);
    disarm_locked(event_of(object));
    spinlock_unlock(&object->lock);
}

static void event_free(struct kobject *object)
{
    slab_free(&event_cache, event_of(object));
}

static const struct kobject_type event_type = {
    .name = "event",
    .number = j6_type_event,
    .rank = RANK_OBJECT,
    .size = SLAB_COST(sizeof(struct event)),
    .destroy = event_destroy,
    .free = event_free,
};

j6_status_t event_create(struct account *account, struct event **out_event)
{
    struct event *event = slab_alloc_zeroed(&event_cache);
    if (event == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = kobject_init(&event->object, &event_type, account);
    if (status != j6_status_ok) {
        slab_free(&event_cache, event);
        return status;
    }
    event->deadline = j6_deadline_never;
    *out_event = event;
    return j6_status_ok;
}

/* ---- the timer ---- */

static bool is_set_locked(const struct event *event)
{
    return event->object.signals & j6_signal_event_timer;
}

/* The deadline that comes `times` later; never, if that is beyond the end of time. */
static j6_time_t later_deadline(const struct event *event, uint64_t times)
{
    j6_time_t passed;
    j6_time_t deadline;
    bool beyond = event->period == 0 || __builtin_mul_overflow(times, event->period, &passed) ||
                  __builtin_add_overflow(event->deadline, passed, &deadline);
    return beyond ? j6_deadline_never : deadline;
}

/* What has come due by now is counted, and told. */
static void settle_locked(struct event *event, j6_time_t now)
{
    if (event->deadline > now) {
        return;
    }
    uint64_t times = event->period == 0 ? 1 : (now - event->deadline) / event->period + 1;
    event->count += times;
    event->missed += is_set_locked(event) ? times : times - 1;
    event->deadline = later_deadline(event, times);
    kobject_signal_locked(&event->object, 0, j6_signal_event_timer);
}

/* It may have been disarmed, or armed anew, since it went off. */
static void fired(struct timer *timer, uint64_t round)
{
    struct event *event = container_of(timer, struct event, timer);
    spinlock_lock(&event->object.lock);
    if (timer->round == round) {
        settle_locked(event, clock_now());
    }
    spinlock_unlock(&event->object.lock);
}

/* Arms the timer for the next deadline, unless `timer` is set or there is none. */
static void rearm_locked(struct event *event)
{
    timer_cancel(&event->timer);
    if (event->deadline != j6_deadline_never && !is_set_locked(event)) {
        timer_arm(&event->timer, event->deadline, fired);
    }
}

/* ---- what callers do ---- */

/* After the last reference nobody would disarm the timer any more. */
static j6_status_t state_locked(const struct event *event)
{
    if (event->object.refs == 0) {
        return j6_err_bad_handle;
    }
    return event->object.signals & j6_signal_closed ? j6_status_closed : j6_status_ok;
}

j6_status_t event_set_timer(struct event *event, j6_time_t deadline, j6_time_t period)
{
    if (period > INT64_MAX || (period != 0 && deadline == j6_deadline_never)) {
        return j6_err_invalid_arg;
    }
    spinlock_lock(&event->object.lock);
    j6_status_t status = state_locked(event);
    if (status == j6_status_ok) {
        event->deadline = deadline;
        event->period = period;
        event->count = 0;
        event->missed = 0;
        kobject_signal_locked(&event->object, j6_signal_event_timer, 0);
        settle_locked(event, clock_now());
        rearm_locked(event);
    }
    spinlock_unlock(&event->object.lock);
    return status;
}

j6_status_t event_signal(struct event *event, uint64_t clear, uint64_t set)
{
    spinlock_lock(&event->object.lock);
    j6_status_t status = state_locked(event);
    if (status == j6_status_ok && (clear & j6_signal_event_timer)) {
        settle_locked(event, clock_now());
        kobject_signal_locked(&event->object, clear, set);
        rearm_locked(event);
    } else if (status == j6_status_ok) {
        kobject_signal_locked(&event->object, clear, set);
    }
    spinlock_unlock(&event->object.lock);
    return status;
}

j6_status_t event_close(struct event *event)
{
    spinlock_lock(&event->object.lock);
    j6_status_t status = state_locked(event);
    if (status == j6_status_ok) {
        disarm_locked(event);
        kobject_signal_locked(&event->object, 0, j6_signal_closed);
    }
    spinlock_unlock(&event->object.lock);
    return status;
}

void event_timer_info(struct event *event, struct j6_timer_info *out_info)
{
    spinlock_lock(&event->object.lock);
    settle_locked(event, clock_now());
    rearm_locked(event);
    *out_info = (struct j6_timer_info){
        .deadline = event->deadline,
        .period = event->period,
        .count = event->count,
        .missed = event->missed,
    };
    spinlock_unlock(&event->object.lock);
}
