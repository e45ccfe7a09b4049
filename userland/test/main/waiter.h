/* SPDX-License-Identifier: MIT */
/* A thread that waits for signals of an object, and what it is told. */
#pragma once
#include "userland/test/main/look.h"

struct waiter {
    j6_handle_t handle;
    uint64_t mask;
    j6_status_t status; /* unexpected: it waits */
    uint64_t signals;
    struct j6_thread thread;
};

/* Starts one; it waits when this returns. */
void waiter_start(struct waiter *waiter, j6_handle_t handle, uint64_t mask);

/* Expects that it ends, with this status. */
void waiter_finish(struct waiter *waiter, j6_status_t wanted);

/* Does it wait still? */
bool waiter_waits(const struct waiter *waiter);
