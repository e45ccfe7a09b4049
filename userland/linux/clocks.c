/* SPDX-License-Identifier: MIT */
/*
 * All clocks are two: the time since boot, and that plus the time of day at boot, which is 1970 until
 * somebody has told. How much a thread has used a CPU isn't told to itself: those clocks show how long the
 * program has run.
 */
#include "userland/linux/clocks.h"
#include <linux/time.h>

static const uint64_t SECOND = 1000000000;

static j6_time_t began;

static j6_time_t now(void)
{
    j6_time_t time = 0;
    j6_clock(&time);
    return time;
}

void clocks_init(void)
{
    began = now();
}

int64_t clock_read(int clock, j6_time_t *out_time)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
        if (j6_time_of_day(out_time) != j6_status_ok) {
            *out_time = now();
        }
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM: *out_time = now(); return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID: *out_time = now() - began; return 0;
    default: return -EINVAL;
    }
}

uint64_t time_ns(uint64_t seconds, uint64_t ns)
{
    return seconds < j6_deadline_never / SECOND ? seconds * SECOND + ns : j6_deadline_never;
}

int64_t time_read(user_ptr_t from, uint64_t *out_ns)
{
    struct timespec time;
    int64_t error = user_read(&time, from, sizeof(time));
    if (error != 0) {
        return error;
    }
    if (time.tv_sec < 0 || time.tv_nsec < 0 || (uint64_t)time.tv_nsec >= SECOND) {
        return -EINVAL;
    }
    *out_ns = time_ns((uint64_t)time.tv_sec, (uint64_t)time.tv_nsec);
    return 0;
}

j6_time_t deadline_after(uint64_t ns)
{
    j6_time_t deadline;
    return __builtin_add_overflow(now(), ns, &deadline) ? j6_deadline_never : deadline;
}

j6_time_t deadline_at(int clock, uint64_t ns)
{
    j6_time_t shown = 0;
    if (ns == j6_deadline_never || clock_read(clock, &shown) != 0) {
        return ns;
    }
    return ns > shown ? deadline_after(ns - shown) : 1; /* 0 would poll */
}
