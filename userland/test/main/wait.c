/* SPDX-License-Identifier: MIT */
/* object_wait: level-triggered, with all signals told, and an end for every wait. */
#include "userland/test/main/util.h"

TEST(a_poll_of_a_process_that_runs_would_block)
{
    uint64_t signals = 99;
    expect_status(j6_status_would_block, j6_object_wait(j6_handle_self_process, j6_signal_closed,
                                                        &signals, j6_deadline_poll));
    expect_equal(0, signals & j6_signal_closed);
}

TEST(a_wait_ends_at_its_deadline_and_not_before)
{
    uint64_t signals = 99;
    j6_time_t deadline = now() + 3000000;
    expect_status(j6_status_timed_out,
                  j6_object_wait(j6_handle_self_process, j6_signal_closed, &signals, deadline));
    expect(now() >= deadline);
    expect_equal(0, signals & j6_signal_closed);
}

TEST(a_wait_with_a_deadline_that_has_passed_times_out_at_once)
{
    expect_status(j6_status_timed_out,
                  j6_object_wait(j6_handle_self_process, j6_signal_closed, NULL, 1));
}

TEST(a_wait_for_what_is_already_set_returns_at_once_every_time)
{
    j6_handle_t process = process_ended();
    for (int i = 0; i < 3; i++) {
        uint64_t signals = 0;
        expect_ok(j6_object_wait(process, j6_signal_closed, &signals, j6_deadline_poll));
        expect(signals & j6_signal_closed);
        expect_ok(j6_object_wait(process, j6_signal_closed, &signals, j6_deadline_never));
    }
    expect_ok(j6_handle_close(process));
}

TEST(a_wait_for_something_else_on_an_ended_process_is_closed)
{
    j6_handle_t process = process_ended();
    uint64_t signals = 0;
    expect_status(j6_status_closed,
                  j6_object_wait(process, J6_SIGNAL(48), &signals, j6_deadline_never));
    expect(signals & j6_signal_closed);
    expect_status(j6_status_closed,
                  j6_object_wait(process, J6_SIGNAL(48), &signals, j6_deadline_poll));
    expect_ok(j6_handle_close(process));
}

struct waiter {
    j6_handle_t handle;
    uint64_t mask;
    j6_status_t status;
    uint64_t signals;
    struct j6_thread thread;
};

static int64_t waiter_main(void *arg)
{
    struct waiter *waiter = arg;
    waiter->status =
        j6_object_wait(waiter->handle, waiter->mask, &waiter->signals, j6_deadline_never);
    return 0;
}

static void waiter_start(struct waiter *waiter, j6_handle_t handle, uint64_t mask)
{
    *waiter = (struct waiter){.handle = handle, .mask = mask, .status = j6_err_unexpected};
    expect_ok(j6_thread_run(&waiter->thread, waiter_main, waiter, 4 * PAGE));
    sleep_for(2);
    expect_status(j6_err_unexpected, waiter->status);
}

TEST(every_waiter_of_a_process_learns_of_its_end)
{
    struct waiter waiters[4];
    j6_handle_t process = process_new();
    for (int i = 0; i < 4; i++) {
        waiter_start(&waiters[i], process, i < 2 ? j6_signal_closed : J6_SIGNAL(50));
    }
    expect_ok(j6_process_kill(process, 0));
    for (int i = 0; i < 4; i++) {
        expect_ok(j6_thread_join(&waiters[i].thread, NULL));
        expect_status(i < 2 ? j6_status_ok : j6_status_closed, waiters[i].status);
        expect(waiters[i].signals & j6_signal_closed);
    }
    expect_ok(j6_handle_close(process));
}

TEST(a_wait_ends_as_destroyed_when_the_last_handle_goes)
{
    struct waiter waiter;
    j6_handle_t area = area_new(1, 0);
    waiter_start(&waiter, area, J6_SIGNAL(48));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_thread_join(&waiter.thread, NULL));
    expect_status(j6_status_destroyed, waiter.status);
}

TEST(closing_the_handle_of_a_wait_does_not_disturb_it_while_the_object_lives)
{
    struct waiter waiter;
    j6_handle_t process = process_new();
    j6_handle_t copy = narrowed(process, j6_right_wait);
    waiter_start(&waiter, copy, j6_signal_closed);
    expect_ok(j6_handle_close(copy));
    sleep_for(2);
    expect_status(j6_err_unexpected, waiter.status);
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_thread_join(&waiter.thread, NULL));
    expect_ok(waiter.status);
    expect_ok(j6_handle_close(process));
}
