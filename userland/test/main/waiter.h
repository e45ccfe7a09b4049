/* SPDX-License-Identifier: MIT */
/* A thread that waits for signals of an object, and what it is told. */
#pragma once
#include "userland/test/main/util.h"

struct waiter {
    j6_handle_t handle;
    uint64_t mask;
    j6_time_t deadline;
    j6_status_t status; /* unexpected: it waits */
    uint64_t signals;
    struct j6_thread thread;
};

/* Starts one; it waits, in all likelihood, when these return. */
void waiter_start(struct waiter *waiter, j6_handle_t handle, uint64_t mask);
void waiter_start_until(struct waiter *waiter, j6_handle_t handle, uint64_t mask,
                        j6_time_t deadline);

/* Expects that it ends, with this status. */
void waiter_finish(struct waiter *waiter, j6_status_t wanted);

/* Does it wait still? */
bool waiter_waits(const struct waiter *waiter);
