/* SPDX-License-Identifier: MIT */
/*
 * Every way to wait, for what doesn't come: ten, with the fault at which a debugger would have to let the
 * thread go on.
 */
#pragma once
#include <j6/j6.h>

static inline j6_time_t blocked_for_long(void)
{
    j6_time_t now = 0;
    j6_clock(&now);
    return now + 1000000000000;
}

static int64_t blocked_sleep(void *arg)
{
    (void)arg;
    return (int64_t)j6_thread_sleep(j6_deadline_never);
}

static int64_t blocked_sleep_long(void *arg)
{
    (void)arg;
    return (int64_t)j6_thread_sleep(blocked_for_long());
}

static int64_t blocked_wait(void *arg)
{
    (void)arg;
    return (int64_t)j6_object_wait(j6_handle_self_process, j6_signal_closed, NULL,
                                   j6_deadline_never);
}

static int64_t blocked_wait_long(void *arg)
{
    (void)arg;
    return (int64_t)j6_object_wait(j6_handle_self_process, j6_signal_closed, NULL,
                                   blocked_for_long());
}

static int64_t blocked_pause(void *arg)
{
    (void)arg;
    return (int64_t)j6_thread_pause(NULL);
}

static int64_t wait_for_both(j6_time_t deadline)
{
    struct j6_wait_item items[2] = {
        {j6_handle_self_process, j6_signal_closed, 0},
        {j6_handle_self_thread, j6_signal_closed, 0},
    };
    return (int64_t)j6_object_wait_many(items, 2, deadline);
}

static int64_t blocked_many(void *arg)
{
    (void)arg;
    return wait_for_both(j6_deadline_never);
}

static int64_t blocked_many_long(void *arg)
{
    (void)arg;
    return wait_for_both(blocked_for_long());
}

static int64_t blocked_futex(void *arg)
{
    (void)arg;
    static uint32_t word;
    return (int64_t)j6_futex_wait(&word, 0, j6_deadline_never);
}

static int64_t blocked_futex_long(void *arg)
{
    (void)arg;
    static uint32_t word;
    return (int64_t)j6_futex_wait(&word, 0, blocked_for_long());
}

/* Waits only in a process whose faults are held. */
static int64_t blocked_fault(void *arg)
{
    __builtin_trap();
    return (int64_t)arg;
}

enum { BLOCKED_WAYS = 10, BLOCKED_FAULT = BLOCKED_WAYS - 1 };

static const struct {
    int64_t (*run)(void *arg);
    uint32_t wait; /* j6_wait_… */
} blocked_ways[BLOCKED_WAYS] = {
    {blocked_sleep, j6_wait_sleep},      {blocked_sleep_long, j6_wait_sleep},
    {blocked_wait, j6_wait_object},      {blocked_wait_long, j6_wait_object},
    {blocked_pause, j6_wait_object},     {blocked_many, j6_wait_many},
    {blocked_many_long, j6_wait_many},   {blocked_futex, j6_wait_futex},
    {blocked_futex_long, j6_wait_futex}, {blocked_fault, j6_wait_fault},
};
