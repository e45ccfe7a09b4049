/* SPDX-License-Identifier: MIT */
/* thread_kill: in whatever state a thread is, it ends, and tells that it was killed and with which code. */
#include "userland/test/main/debuggee.h"
#include "userland/test/main/look.h"

static void expect_killed(j6_handle_t thread, int64_t code)
{
    struct j6_end_info end = {0};
    expect_ok(j6_thread_kill(thread, code));
    expect_ok(j6_wait_end(thread, &end));
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(code, end.code);
}

static int64_t sleep_for_ever(void *arg)
{
    (void)arg;
    j6_thread_sleep(j6_deadline_never);
    return 0;
}

static int64_t sleep_long(void *arg)
{
    (void)arg;
    sleep_for(1000000);
    return 0;
}

static int64_t wait_for_ever(void *arg)
{
    j6_object_wait(*(const j6_handle_t *)arg, j6_signal_closed, NULL, j6_deadline_never);
    return 0;
}

static int64_t wait_long(void *arg)
{
    j6_object_wait(*(const j6_handle_t *)arg, j6_signal_closed, NULL, now() + 1000000000000);
    return 0;
}

static volatile bool spins;

static int64_t spin(void *arg)
{
    (void)arg;
    spins = true;
    for (volatile bool stop = false; !stop;) {}
    return 0;
}

TEST(thread_kill_ends_a_thread_whatever_it_is_doing)
{
    static const struct {
        int64_t (*run)(void *);
        uint32_t wait;
    } ways[] = {
        {sleep_for_ever, j6_wait_sleep},
        {sleep_long, j6_wait_sleep},
        {wait_for_ever, j6_wait_object},
        {wait_long, j6_wait_object},
        {spin, j6_wait_none},
    };
    spins = false;
    j6_handle_t process = process_new();
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct j6_thread thread;
        if (expect_ok(j6_thread_run(&thread, ways[i].run, &process, 4 * PAGE))) {
            if (ways[i].wait != j6_wait_none) {
                thread_blocks(thread.handle, ways[i].wait);
            } else {
                expect_soon(spins);
            }
            expect_killed(thread.handle, 100 + (int64_t)i);
            expect_ok(j6_thread_join(&thread, NULL));
        }
    }
    expect_ok(j6_process_kill(process, 0));
    process_finish(process);
}

TEST(a_thread_that_has_not_run_yet_can_be_killed)
{
    struct j6_thread thread;
    if (expect_ok(j6_thread_run(&thread, spin, NULL, 4 * PAGE))) {
        expect_killed(thread.handle, -1);
        expect_ok(j6_thread_join(&thread, NULL));
    }
}

TEST(a_thread_that_was_not_started_can_be_killed_and_never_starts)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    debuggee_run(&debuggee, debuggee_spin, 0);
    j6_handle_t thread = debuggee_thread(&debuggee, debuggee_process_exit, 1);
    expect_killed(thread, 2);
    expect_status(j6_err_bad_state, j6_thread_start(thread));
    expect_equal(j6_reason_killed, debuggee_close(&debuggee).reason);
}

TEST(a_thread_of_a_process_that_was_not_started_can_be_killed)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    expect_killed(debuggee_thread(&debuggee, debuggee_exit, 1), 3);
    expect_equal(7, debuggee_exit_code(debuggee_run(&debuggee, debuggee_exit, 7)));
    expect_equal(7, debuggee_close(&debuggee).code);
}

static int64_t kill_self(void *arg)
{
    j6_thread_kill(j6_handle_self_thread, (int64_t)arg);
    return 0;
}

TEST(a_thread_can_kill_itself)
{
    struct j6_thread thread;
    struct j6_end_info end = {0};
    if (expect_ok(j6_thread_run(&thread, kill_self, (void *)9, 4 * PAGE))) {
        expect_ok(j6_wait_end(thread.handle, &end));
        expect_equal(j6_reason_killed, end.reason);
        expect_equal(9, end.code);
        expect_ok(j6_thread_join(&thread, NULL));
    }
}

TEST(a_kill_changes_nothing_about_a_thread_that_has_ended)
{
    struct debuggee debuggee;
    struct j6_end_info end = {0};
    debuggee_open(&debuggee, 0);
    debuggee_run(&debuggee, debuggee_spin, 0);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_exit, 4);
    expect_equal(4, debuggee_exit_code(thread));
    expect_ok(j6_thread_kill(thread, 5));
    expect_ok(j6_wait_end(thread, &end));
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(4, end.code);
    thread = debuggee_run(&debuggee, debuggee_sleep, 0);
    expect_killed(thread, 6);
    expect_ok(j6_thread_kill(thread, 7));
    expect_ok(j6_wait_end(thread, &end));
    expect_equal(6, end.code);
    debuggee_close(&debuggee);
}

TEST(the_kill_of_its_last_thread_ends_a_process_with_that_code)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    expect_killed(debuggee_run(&debuggee, debuggee_sleep, 0), 12);
    expect_ok(j6_object_wait(debuggee.process, j6_signal_closed, NULL, j6_deadline_never));
    struct j6_end_info end = debuggee_close(&debuggee);
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(12, end.code);
}
