/* SPDX-License-Identifier: MIT */
/* How urgent threads are: priorities, turns, starving, and what an account allows. */
#include "userland/test/main/sched.h"

enum { LESS_URGENT = 6 };

static int64_t spin(void *arg)
{
    struct spinner *spinner = arg;
    while (!spinner->stop) {
        spinner->count++;
    }
    return 0;
}

j6_status_t set_priority(j6_handle_t thread, uint64_t priority)
{
    return j6_thread_control(thread, j6_control_priority, &priority, sizeof(priority));
}

j6_status_t set_affinity(j6_handle_t thread, uint64_t cpus)
{
    return j6_thread_control(thread, j6_control_affinity, &cpus, sizeof(cpus));
}

void spinner_start(struct spinner *spinner, uint64_t cpus)
{
    *spinner = (struct spinner){.stop = false};
    expect_ok(j6_thread_run(&spinner->thread, spin, spinner, SPINNER_STACK));
    expect_ok(set_affinity(spinner->thread.handle, cpus));
    spinner->koid = koid_of(spinner->thread.handle);
}

void spinner_end(struct spinner *spinner)
{
    spinner->stop = true;
    expect_ok(j6_thread_join(&spinner->thread, NULL));
}

struct j6_thread_info spinner_row(const struct spinner *spinner)
{
    return thread_row(own_koid(), spinner->koid);
}

static void spinner_start_with(struct spinner *spinner, uint64_t priority)
{
    spinner_start(spinner, 1);
    expect_ok(set_priority(spinner->thread.handle, priority));
}

/* Two equals, both on the first CPU. */
static void pair_start(struct spinner pair[2])
{
    stay_on_first_cpu();
    spinner_start(&pair[0], 1);
    spinner_start(&pair[1], 1);
}

TEST(who_uses_up_its_turns_becomes_less_urgent)
{
    struct spinner spinners[2];
    pair_start(spinners);
    for (int i = 0; i < 2; i++) {
        expect_soon(spinner_row(&spinners[i]).level > 4);
        expect_equal(4, spinner_row(&spinners[i]).priority);
        spinner_end(&spinners[i]);
    }
    leave_first_cpu();
}

TEST(who_waits_before_its_turn_is_used_up_becomes_urgent_again)
{
    struct spinner spinner;
    struct j6_thread_info row = {.level = 0};
    j6_koid_t own = koid_of(j6_handle_self_thread);
    j6_time_t give_up = now() + PATIENCE;
    stay_on_first_cpu();
    expect_ok(set_priority(j6_handle_self_thread, 4)); /* and not constant */
    spinner_start(&spinner, 1);
    for (row = thread_row(own_koid(), own); row.level == 4 && now() < give_up;) {
        row = thread_row(own_koid(), own); /* uses up its own turns */
    }
    expect(row.level > 4);
    for (; row.level > 4 && now() < give_up; row = thread_row(own_koid(), own)) {
        sleep_for(1);
    }
    expect_equal(4, row.level);
    spinner_end(&spinner);
    leave_first_cpu();
}

/* Who is kept from running for 300 ms goes up, constant or not: when the whole machine stood still, too. */
static bool may_have_starved(j6_time_t since)
{
    return now() - since > 100000000;
}

TEST(a_constant_priority_never_changes)
{
    struct spinner constant;
    struct spinner other;
    stay_on_first_cpu();
    spinner_start_with(&constant, 5 | j6_priority_constant);
    spinner_start_with(&other, 5);
    for (int i = 0; i < 50; i++) {
        j6_time_t before = now();
        sleep_for(1);
        struct j6_thread_info row = spinner_row(&constant);
        expect(row.level == 5 || may_have_starved(before));
        expect_equal(5, row.priority);
    }
    spinner_end(&constant);
    spinner_end(&other);
    leave_first_cpu();
}

/* Equals take turns: while one of two spinners counts, so does the other. */
TEST(a_spinner_does_not_starve_an_equal)
{
    struct spinner spinners[2];
    pair_start(spinners);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++) {
            uint64_t before = spinners[i].count;
            expect_soon(spinners[i].count > before);
        }
    }
    spinner_end(&spinners[0]);
    spinner_end(&spinners[1]);
    leave_first_cpu();
}

TEST(a_thread_that_is_made_constant_is_as_urgent_as_its_priority_at_once)
{
    struct spinner spinner;
    j6_koid_t own = koid_of(j6_handle_self_thread);
    j6_time_t give_up = now() + PATIENCE;
    stay_on_first_cpu();
    expect_ok(set_priority(j6_handle_self_thread, 4));
    spinner_start(&spinner, 1);
    while (thread_row(own_koid(), own).level <= 4 && now() < give_up) {}
    expect_ok(set_priority(j6_handle_self_thread, 4 | j6_priority_constant));
    expect(thread_row(own_koid(), own).level <= 4); /* less if it has starved */
    spinner_end(&spinner);
    leave_first_cpu();
}

/* The urgent one never waits and never gets less urgent: only starving gets the other a turn. */
TEST(a_thread_that_starves_gets_a_turn)
{
    struct spinner urgent;
    struct spinner starving;
    stay_on_first_cpu();
    spinner_start_with(&urgent, 5 | j6_priority_constant);
    spinner_start_with(&starving, 7);
    uint64_t before = starving.count;
    expect_soon(starving.count > before);
    expect_equal(7, spinner_row(&starving).priority);
    spinner_end(&urgent);
    spinner_end(&starving);
    leave_first_cpu();
}

static int64_t set_flag(void *arg)
{
    *(volatile bool *)arg = true;
    return 0;
}

static struct j6_thread start_with(uint64_t priority, volatile bool *flag)
{
    struct j6_thread thread;
    *flag = false;
    expect_ok(set_priority(j6_handle_self_thread, 0 | j6_priority_constant));
    expect_ok(j6_thread_run(&thread, set_flag, (void *)flag, SPINNER_STACK)); /* on this CPU */
    expect_ok(set_priority(thread.handle, priority));
    return thread;
}

TEST(a_more_urgent_thread_runs_at_once_and_a_less_urgent_one_when_nobody_else_does)
{
    volatile bool flag;
    stay_on_first_cpu();
    struct j6_thread thread = start_with(LESS_URGENT, &flag);
    expect(!flag);
    expect_ok(set_priority(j6_handle_self_thread, 7)); /* now the other is more urgent */
    expect(flag);
    expect_ok(set_priority(j6_handle_self_thread, 4));
    expect_ok(j6_thread_join(&thread, NULL));

    thread = start_with(LESS_URGENT, &flag);
    expect_ok(set_priority(j6_handle_self_thread, 4));
    expect(!flag);
    expect_ok(j6_thread_join(&thread, NULL));
    expect(flag);
    leave_first_cpu();
}

TEST(thread_control_refuses_priorities_and_cpus_that_there_are_not)
{
    uint64_t value = 4;
    expect_status(j6_err_invalid_arg, set_priority(j6_handle_self_thread, 8));
    expect_status(j6_err_invalid_arg, set_priority(j6_handle_self_thread, 1 << 9));
    expect_status(j6_err_invalid_arg, set_affinity(j6_handle_self_thread, 0));
    if (cpu_count() < CPUS_MAX) {
        expect_status(j6_err_invalid_arg, set_affinity(j6_handle_self_thread, 1ull << 63));
    }
    expect_status(j6_err_out_of_range,
                  j6_thread_control(j6_handle_self_thread, j6_control_priority, &value, 4));
    expect_status(j6_err_out_of_range,
                  j6_thread_control(j6_handle_self_thread, j6_control_affinity, &value, 16));
}

/* Threads of a process whose account allows neither urgent nor constant priorities. */
TEST(no_thread_gets_a_priority_that_its_account_does_not_allow)
{
    const struct j6_limits limits = {
        .pages = 100, .handles = 100, .threads = 2, .processes = 0, .priority = 5};
    j6_handle_t process = j6_handle_none;
    j6_handle_t thread = j6_handle_none;
    expect_ok(j6_process_create("limited", 7, &limits, 0, &process));
    expect_ok(j6_thread_create(process, 16 * PAGE, 32 * PAGE, 0, 0, &thread));
    expect_equal(5, thread_row(koid_of(process), koid_of(thread)).priority);
    expect_status(j6_err_quota, set_priority(thread, 4));
    expect_status(j6_err_quota, set_priority(thread, 6 | j6_priority_constant));
    expect_ok(set_priority(thread, 6));
    expect_ok(j6_handle_close(thread));
    process_drop(process);
}

/* The tests' own account may; one that may not can't be asked for from in here. */
TEST(an_account_may_allow_constant_priorities)
{
    const struct j6_limits limits = {.pages = 100,
                                     .handles = 100,
                                     .threads = 1,
                                     .priority = 5,
                                     .flags = j6_limits_flag_constant};
    j6_handle_t process = j6_handle_none;
    j6_handle_t thread = j6_handle_none;
    expect_ok(j6_process_create("limited", 7, &limits, 0, &process));
    expect_ok(j6_thread_create(process, 16 * PAGE, 32 * PAGE, 0, 0, &thread));
    expect_ok(set_priority(thread, 6 | j6_priority_constant));
    expect_ok(j6_handle_close(thread));
    process_drop(process);
}
