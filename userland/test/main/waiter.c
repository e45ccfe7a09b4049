/* SPDX-License-Identifier: MIT */
#include "userland/test/main/waiter.h"

static int64_t waiter_main(void *arg)
{
    struct waiter *waiter = arg;
    j6_status_t status =
        j6_object_wait(waiter->handle, waiter->mask, &waiter->signals, waiter->deadline);
    __atomic_store_n(&waiter->status, status, __ATOMIC_RELEASE);
    return 0;
}

bool waiter_waits(const struct waiter *waiter)
{
    return __atomic_load_n(&waiter->status, __ATOMIC_ACQUIRE) == j6_err_unexpected;
}

void waiter_start_until(struct waiter *waiter, j6_handle_t handle, uint64_t mask,
                        j6_time_t deadline)
{
    *waiter = (struct waiter){
        .handle = handle, .mask = mask, .deadline = deadline, .status = j6_err_unexpected};
    expect_ok(j6_thread_run(&waiter->thread, waiter_main, waiter, 4 * PAGE));
    sleep_for(2);
}

void waiter_start(struct waiter *waiter, j6_handle_t handle, uint64_t mask)
{
    waiter_start_until(waiter, handle, mask, j6_deadline_never);
    expect(waiter_waits(waiter));
}

void waiter_finish(struct waiter *waiter, j6_status_t wanted)
{
    expect_ok(j6_thread_join(&waiter->thread, NULL));
    expect_status(wanted, waiter->status);
}
