/* SPDX-License-Identifier: MIT */
#include "userland/test/main/waiter.h"

static int64_t waiter_main(void *arg)
{
    struct waiter *waiter = arg;
    j6_status_t status =
        j6_object_wait(waiter->handle, waiter->mask, &waiter->signals, j6_deadline_never);
    __atomic_store_n(&waiter->status, status, __ATOMIC_RELEASE);
    return 0;
}

bool waiter_waits(const struct waiter *waiter)
{
    return __atomic_load_n(&waiter->status, __ATOMIC_ACQUIRE) == j6_err_unexpected;
}

void waiter_start(struct waiter *waiter, j6_handle_t handle, uint64_t mask)
{
    *waiter = (struct waiter){.handle = handle, .mask = mask, .status = j6_err_unexpected};
    expect_ok(j6_thread_run(&waiter->thread, waiter_main, waiter, 4 * PAGE));
    thread_blocks(waiter->thread.handle, j6_wait_object);
}

void waiter_finish(struct waiter *waiter, j6_status_t wanted)
{
    expect_ok(j6_thread_join(&waiter->thread, NULL));
    expect_status(wanted, waiter->status);
}
