/* SPDX-License-Identifier: MIT */
/* thread_kill: in whatever state a thread is, it ends, and tells that it was killed and with which code. */
#include "userland/test/blocked.h"
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

static volatile bool runs; /* the thread has begun */

static int64_t spin(void *arg)
{
    (void)arg;
    runs = true;
    for (volatile bool stop = false; !stop;) {}
    return 0;
}

static int64_t yield(void *arg)
{
    (void)arg;
    runs = true;
    while (j6_thread_sleep(0) == j6_status_ok) {}
    return 0;
}

/* Most of the time it is in the middle of an operation of many steps. */
static int64_t operate(void *arg)
{
    static char from[256 * PAGE];
    uint64_t len = sizeof(from);
    runs = true;
    while (j6_vma_write(*(const j6_handle_t *)arg, 0, from, &len) == j6_status_ok) {}
    return 0;
}

/* Once it waits in that way; j6_wait_none: once it runs. */
static void kill_in(int64_t (*run)(void *arg), void *arg, uint32_t wait)
{
    static int64_t code;
    struct j6_thread thread;
    code++;
    runs = false;
    if (expect_ok(j6_thread_run(&thread, run, arg, 4 * PAGE))) {
        if (wait != j6_wait_none) {
            thread_blocks(thread.handle, wait);
        } else {
            expect_soon(runs);
        }
        expect_killed(thread.handle, code);
        expect_ok(j6_thread_join(&thread, NULL));
    }
}

TEST(thread_kill_ends_a_thread_whatever_it_is_doing)
{
    j6_handle_t area = area_new(256, 0);
    for (int i = 0; i < BLOCKED_FAULT; i++) {
        kill_in(blocked_ways[i].run, NULL, blocked_ways[i].wait);
    }
    kill_in(spin, NULL, j6_wait_none);
    kill_in(yield, NULL, j6_wait_none);
    for (int i = 0; i < 10; i++) {
        kill_in(operate, &area, j6_wait_none);
    }
    expect_ok(j6_handle_close(area));
}

static void set(j6_handle_t thread, uint64_t property, uint64_t value)
{
    expect_ok(j6_thread_control(thread, property, &value, sizeof(value)));
}

/* The test shares the CPU with a thread that spins, is more urgent, and so finds it ready. */
TEST(a_thread_that_is_ready_and_does_not_run_can_be_killed)
{
    struct j6_thread thread;
    stay_on_first_cpu();
    if (expect_ok(j6_thread_run(&thread, spin, NULL, 4 * PAGE))) {
        set(thread.handle, j6_control_priority, 5);
        set(j6_handle_self_thread, j6_control_priority, 3 | j6_priority_constant);
        j6_koid_t koid = koid_of(thread.handle);
        expect_soon(thread_row(own_koid(), koid).cpu_time != 0);
        expect_equal(j6_thread_state_ready, thread_row(own_koid(), koid).state);
        expect_killed(thread.handle, 21);
        expect_ok(j6_thread_join(&thread, NULL));
    }
    set(j6_handle_self_thread, j6_control_priority, 4);
    leave_first_cpu();
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

static void kill_blocked(void)
{
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("blocked", 7, NULL, j6_process_flag_hold_faults, &process));
    victim_start_in(process, "blocked", "0");
    threads_block(process, 2 + 1, j6_wait_sleep);
    threads_block(process, 3, j6_wait_object);
    threads_block(process, 2, j6_wait_many);
    threads_block(process, 2, j6_wait_futex);
    threads_block(process, 1, j6_wait_fault);
    expect_ok(j6_process_kill(process, 22));
    struct j6_end_info end = process_finish(process);
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(22, end.code);
}

TEST(a_process_whose_threads_wait_in_ten_ways_is_killed_and_leaves_nothing)
{
    kill_blocked(); /* fills caches */
    for (int i = 0; i < 3; i++) {
        uint64_t before = frames_at_rest();
        kill_blocked();
        expect_equal(before, frames_at_rest());
    }
}

/* Its memory and that of its process would have been used again many times meanwhile. */
TEST(how_a_thread_and_its_process_ended_can_be_read_as_long_as_there_are_handles)
{
    struct debuggee debuggee;
    struct j6_end_info end = {0};
    debuggee_open(&debuggee, 0);
    j6_handle_t killed = narrowed(debuggee_run(&debuggee, debuggee_sleep, 0), j6_right_info);
    j6_handle_t exited = narrowed(debuggee_run(&debuggee, debuggee_exit, 31), j6_right_info);
    j6_handle_t process = narrowed(debuggee.process, j6_right_info);
    expect_equal(31, debuggee_exit_code(debuggee.threads[1]));
    expect_killed(debuggee.threads[0], 32);
    debuggee_close(&debuggee);
    for (int i = 0; i < 50; i++) {
        expect_ok(j6_handle_close(process_ended()));
        struct j6_thread thread;
        expect_ok(j6_thread_run(&thread, kill_self, (void *)33, 4 * PAGE));
        expect_ok(j6_thread_join(&thread, NULL));
    }
    const struct {
        j6_handle_t handle;
        uint32_t reason;
        int64_t code;
    } ends[] = {{exited, j6_reason_exited, 31},
                {killed, j6_reason_killed, 32},
                {process, j6_reason_killed, 32}};
    for (int i = 0; i < 3; i++) {
        uint64_t len = sizeof(end);
        expect_ok(j6_object_info(ends[i].handle, j6_topic_end, &end, &len));
        expect_equal(ends[i].reason, end.reason);
        expect_equal(ends[i].code, end.code);
        expect_ok(j6_handle_close(ends[i].handle));
    }
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
