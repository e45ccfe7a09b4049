/* SPDX-License-Identifier: MIT */
/* object_wait: level-triggered, with all signals told, and an end for every wait. */
#include "userland/test/main/waiter.h"

TEST(a_poll_of_a_process_that_runs_would_block)
{
    uint64_t signals = 99;
    expect_status(j6_status_would_block, j6_object_wait(j6_handle_self_process, j6_signal_closed,
                                                        &signals, j6_deadline_poll));
    expect_equal(0, signals & j6_signal_closed);
}

SAMPLE_TEST(a_wait_ends_at_its_deadline_and_not_before)
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

TEST(every_waiter_of_a_process_learns_of_its_end)
{
    struct waiter waiters[4];
    j6_handle_t process = process_new();
    for (int i = 0; i < 4; i++) {
        waiter_start(&waiters[i], process, i < 2 ? j6_signal_closed : J6_SIGNAL(50));
    }
    expect_ok(j6_process_kill(process, 0));
    for (int i = 0; i < 4; i++) {
        waiter_finish(&waiters[i], i < 2 ? j6_status_ok : j6_status_closed);
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
    waiter_finish(&waiter, j6_status_destroyed);
}

TEST(closing_the_handle_of_a_wait_does_not_disturb_it_while_the_object_lives)
{
    struct waiter waiter;
    j6_handle_t process = process_new();
    j6_handle_t copy = narrowed(process, j6_right_wait);
    waiter_start(&waiter, copy, j6_signal_closed);
    expect_ok(j6_handle_close(copy));
    leave_time();
    expect(waiter_waits(&waiter));
    expect_ok(j6_process_kill(process, 0));
    waiter_finish(&waiter, j6_status_ok);
    expect_ok(j6_handle_close(process));
}

TEST(the_signal_no_handles_tells_that_the_last_handle_has_gone)
{
    struct waiter waiter;
    uint64_t signals = j6_signal_no_handles;
    j6_handle_t process = victim_start("sleep", "0", NULL, 0);
    j6_handle_t copy = narrowed(process, j6_right_wait);
    expect_status(j6_status_would_block,
                  j6_object_wait(process, j6_signal_no_handles, &signals, j6_deadline_poll));
    expect_equal(0, signals & j6_signal_no_handles);
    waiter_start(&waiter, copy, j6_signal_no_handles);
    expect_ok(j6_handle_close(copy));
    leave_time();
    expect(waiter_waits(&waiter));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_never));
    waiter_finish(&waiter, j6_status_closed);
    expect_ok(j6_handle_close(process));
}

TEST(who_waits_for_no_handles_is_told_when_the_last_one_is_closed)
{
    struct waiter waiter;
    j6_handle_t event = event_new();
    waiter_start(&waiter, event, j6_signal_no_handles);
    expect_ok(j6_handle_close(event));
    waiter_finish(&waiter, j6_status_ok);
    expect_equal(j6_signal_no_handles, waiter.signals);
}
