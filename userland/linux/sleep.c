/* SPDX-License-Identifier: MIT */
/* Sleeping. Nothing interrupts it, so there is never a rest to tell. */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include <linux/time.h>

int64_t linux_nanosleep(user_ptr_t time, user_ptr_t rest)
{
    return linux_clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
}

int64_t linux_clock_nanosleep(int clock, int flags, user_ptr_t time, user_ptr_t rest)
{
    uint64_t ns;
    (void)rest;
    int64_t error = time_read(time, &ns);
    if (error != 0) {
        return error;
    }
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME) {
        return -EINVAL;
    }
    j6_thread_sleep(flags & TIMER_ABSTIME ? deadline_at(clock, ns) : deadline_after(ns));
    return 0;
}

int64_t linux_pause(void)
{
    return linux_error(j6_thread_sleep(j6_deadline_never));
}

int64_t linux_sched_yield(void)
{
    j6_thread_sleep(0);
    return 0;
}
