/* SPDX-License-Identifier: MIT */
/* thread_create, thread_start, thread_exit, thread_sleep. */
#include "userland/test/main/look.h"

static int64_t add_one(void *arg)
{
    return ++*(volatile int64_t *)arg;
}

TEST(a_thread_shares_memory_with_its_process_and_its_value_is_its_exit_code)
{
    int64_t number = 41;
    int64_t code = 0;
    struct j6_thread thread;
    if (expect_ok(j6_thread_run(&thread, add_one, &number, 4 * PAGE))) {
        expect_ok(j6_thread_join(&thread, &code));
    }
    expect_equal(42, code);
    expect_equal(42, number);
}

static int64_t exit_early(void *arg)
{
    (void)arg;
    j6_thread_exit(-5);
    return 1;
}

TEST(thread_exit_ends_the_thread_with_that_code)
{
    int64_t code = 0;
    struct j6_thread thread;
    if (expect_ok(j6_thread_run(&thread, exit_early, NULL, 4 * PAGE))) {
        expect_ok(j6_thread_join(&thread, &code));
    }
    expect_equal(-5, code);
}

/* A process in which nothing was started, for threads that are not to run yet. */
static j6_handle_t parked;

static j6_status_t create(uint64_t entry, uint64_t stack, uint64_t flags, j6_handle_t *out)
{
    return j6_thread_create(parked, entry, stack, 0, flags, out);
}

TEST(thread_create_refuses_what_is_not_in_the_user_half_and_unknown_flags)
{
    j6_handle_t thread;
    const uint64_t good = far_place();
    parked = process_new();
    expect_status(j6_err_invalid_arg, create(0xffffffff80000000, good, 0, &thread));
    expect_status(j6_err_invalid_arg, create(1ull << 47, good, 0, &thread));
    expect_status(j6_err_invalid_arg, create(good, 0xffffffff80000000, 0, &thread));
    expect_status(j6_err_invalid_arg, create(good, 1ull << 63, 0, &thread));
    expect_status(j6_err_invalid_arg, create(good, good, 1, &thread));
    expect_status(j6_err_invalid_arg, create(good, good, 1ull << 63, &thread));
    expect_ok(j6_process_kill(parked, 0));
    expect_ok(j6_handle_close(parked));
}

TEST(thread_create_in_an_ended_process_is_bad_state)
{
    j6_handle_t thread;
    j6_handle_t process = process_ended();
    expect_status(j6_err_bad_state,
                  j6_thread_create(process, far_place(), far_place(), 0, 0, &thread));
    expect_ok(j6_handle_close(process));
}

TEST(thread_start_in_a_process_that_was_not_started_is_not_ready)
{
    j6_handle_t thread;
    j6_handle_t process = process_new();
    if (expect_ok(j6_thread_create(process, far_place(), far_place(), 0, 0, &thread))) {
        expect_status(j6_err_not_ready, j6_thread_start(thread));
        expect_ok(j6_handle_close(thread));
    }
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
}

static volatile bool flag_set;

static noreturn void set_flag(void)
{
    flag_set = true;
    j6_thread_exit(0);
    __builtin_unreachable();
}

TEST(a_thread_does_not_run_before_thread_start_and_starts_once)
{
    j6_handle_t thread;
    j6_handle_t stack = area_new(4, 0);
    char *memory = area_map(stack, READ_WRITE);
    uint64_t top = (uint64_t)memory + 4 * PAGE - 8;
    flag_set = false;
    if (expect_ok(
            j6_thread_create(j6_handle_self_process, (uint64_t)set_flag, top, 0, 0, &thread))) {
        leave_time();
        expect(!flag_set);
        expect_ok(j6_thread_start(thread));
        expect_ok(j6_object_wait(thread, j6_signal_closed, NULL, j6_deadline_never));
        expect(flag_set);
        expect_status(j6_err_bad_state, j6_thread_start(thread));
        expect_ok(j6_handle_close(thread));
    }
    area_unmap(stack, memory);
    expect_ok(j6_handle_close(stack));
}

TEST(a_thread_tells_that_it_has_exited)
{
    struct j6_end_info end = {0};
    struct j6_thread thread;
    if (expect_ok(j6_thread_run(&thread, exit_early, NULL, 4 * PAGE))) {
        expect_ok(j6_wait_end(thread.handle, &end));
        expect_ok(j6_thread_join(&thread, NULL));
    }
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(-5, end.code);
}

static volatile int order[3];
static volatile int order_len;

struct sleeper {
    int number;
    j6_time_t until;
    struct j6_thread thread;
};

static int64_t sleep_and_sign(void *arg)
{
    const struct sleeper *sleeper = arg;
    j6_thread_sleep(sleeper->until);
    order[order_len++] = sleeper->number;
    return now() >= sleeper->until;
}

/* Sleeps until one, two and three times the delay. False: somebody slept too late to be judged. */
static bool is_order_kept(uint64_t delay)
{
    static const uint64_t times[3] = {3, 1, 2};
    struct sleeper sleepers[3];
    j6_time_t start = now();
    order_len = 0;
    for (int i = 0; i < 3; i++) {
        sleepers[i] = (struct sleeper){.number = i, .until = start + times[i] * delay};
        expect_ok(j6_thread_run(&sleepers[i].thread, sleep_and_sign, &sleepers[i], 4 * PAGE));
    }
    bool all = false;
    while (!all && now() < start + delay) {
        j6_thread_sleep(0);
        all = threads_waiting(j6_handle_self_process, j6_wait_sleep) == 3;
    }
    for (int i = 0; i < 3; i++) {
        int64_t late_enough = 0;
        expect_ok(j6_thread_join(&sleepers[i].thread, &late_enough));
        expect(late_enough);
    }
    return all && expect(order[0] == 1 && order[1] == 2 && order[2] == 0);
}

/* On one CPU, so that who is woken first is first to run. */
TEST(sleepers_wake_in_the_order_of_their_deadlines)
{
    uint64_t delay = 10000000;
    stay_on_first_cpu();
    while (!is_order_kept(delay) && expect(delay < PATIENCE) && !test_has_failed()) {
        delay *= 2;
    }
    leave_first_cpu();
}

TEST(a_sleep_until_the_past_returns_at_once)
{
    expect_ok(j6_thread_sleep(1));
    expect_ok(j6_thread_sleep(now()));
}

static volatile bool spinner_stop;
static volatile uint64_t spinner_turns;

static int64_t spin(void *arg)
{
    (void)arg;
    while (!spinner_stop) {
        spinner_turns++;
    }
    return 0;
}

TEST(a_thread_that_spins_does_not_starve_the_others)
{
    struct j6_thread thread;
    spinner_stop = false;
    spinner_turns = 0;
    stay_on_first_cpu();
    if (expect_ok(j6_thread_run(&thread, spin, NULL, 4 * PAGE))) {
        expect_soon(spinner_turns > 0); /* looks, with sleeps, on the spinner's CPU */
        for (int i = 0; i < 10; i++) {
            sleep_for(2);
        }
        spinner_stop = true;
        expect_ok(j6_thread_join(&thread, NULL));
    }
    leave_first_cpu();
}

static int64_t yield_often(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        j6_thread_sleep(0);
        ++*(volatile int *)arg;
    }
    return 0;
}

TEST(a_sleep_until_0_lets_an_equal_run)
{
    struct j6_thread thread;
    volatile int turns = 0;
    j6_time_t give_up = now() + PATIENCE;
    stay_on_first_cpu();
    if (expect_ok(j6_thread_run(&thread, yield_often, (void *)&turns, 4 * PAGE))) {
        while (turns < 1000 && now() < give_up) {
            expect_ok(j6_thread_sleep(0));
        }
        expect_equal(1000, turns);
        expect_ok(j6_thread_join(&thread, NULL));
    }
    leave_first_cpu();
}
