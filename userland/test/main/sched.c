/* SPDX-License-Identifier: MIT */
/* Who runs when and where: priorities, turns, starving, affinity, stealing, time that is accounted. */
#include "userland/test/main/look.h"

enum { LESS_URGENT = 6, MORE_URGENT = 2, STACK = 4 * PAGE };

static const uint64_t MS = 1000000;

/* A thread that does nothing but count, until it is told to stop. */
struct spinner {
    struct j6_thread thread;
    j6_koid_t koid;
    volatile uint64_t count;
    volatile bool stop;
};

static int64_t spin(void *arg)
{
    struct spinner *spinner = arg;
    while (!spinner->stop) {
        spinner->count++;
    }
    return 0;
}

static j6_status_t set_priority(j6_handle_t thread, uint64_t priority)
{
    return j6_thread_control(thread, j6_control_priority, &priority, sizeof(priority));
}

static j6_status_t set_affinity(j6_handle_t thread, uint64_t cpus)
{
    return j6_thread_control(thread, j6_control_affinity, &cpus, sizeof(cpus));
}

static void spinner_start(struct spinner *spinner, uint64_t cpus)
{
    *spinner = (struct spinner){.stop = false};
    expect_ok(j6_thread_run(&spinner->thread, spin, spinner, STACK));
    expect_ok(set_affinity(spinner->thread.handle, cpus));
    spinner->koid = koid_of(spinner->thread.handle);
}

static void spinner_start_with(struct spinner *spinner, uint64_t priority)
{
    spinner_start(spinner, 1);
    expect_ok(set_priority(spinner->thread.handle, priority));
}

static void spinner_end(struct spinner *spinner)
{
    spinner->stop = true;
    expect_ok(j6_thread_join(&spinner->thread, NULL));
}

/* Two equals, both on the first CPU. */
static void pair_start(struct spinner pair[2])
{
    stay_on_first_cpu();
    spinner_start(&pair[0], 1);
    spinner_start(&pair[1], 1);
}

static struct j6_thread_info look_at(const struct spinner *spinner)
{
    return thread_row(own_koid(), spinner->koid);
}

TEST(who_uses_up_its_turns_becomes_less_urgent)
{
    struct spinner spinners[2];
    pair_start(spinners);
    for (int i = 0; i < 2; i++) {
        expect_soon(look_at(&spinners[i]).level > 4);
        expect_equal(4, look_at(&spinners[i]).priority);
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
        struct j6_thread_info row = look_at(&constant);
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
    expect_equal(7, look_at(&starving).priority);
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
    expect_ok(j6_thread_run(&thread, set_flag, (void *)flag, STACK)); /* on this CPU */
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

SAMPLE_TEST(a_thread_runs_on_the_cpus_that_its_affinity_names)
{
    struct spinner spinner;
    uint64_t count = cpu_count();
    stay_on_first_cpu();
    spinner_start(&spinner, 1);
    for (uint64_t cpu = 0; cpu < count; cpu++) {
        expect_ok(set_affinity(spinner.thread.handle, 1ull << cpu));
        expect_soon(look_at(&spinner).cpu == cpu);
        uint64_t before = spinner.count;
        expect_soon(spinner.count > before);
        expect_equal(cpu, look_at(&spinner).cpu);
    }
    spinner_end(&spinner);
    leave_first_cpu();
}

/* As many spinners as CPUs: at some moment each is on one of its own. */
SAMPLE_TEST(idle_cpus_steal_threads_that_are_ready)
{
    static struct spinner spinners[CPUS_MAX];
    uint64_t count = cpu_count() < 8 ? cpu_count() : 8;
    uint64_t wanted = (1ull << count) - 1;
    uint64_t seen = 0;
    j6_time_t give_up = now() + PATIENCE;
    if (count < 2) {
        test_skip("one CPU");
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        spinner_start(&spinners[i], wanted);
    }
    while (seen != wanted && now() < give_up) {
        seen = 0;
        sleep_for(1);
        for (uint64_t i = 0; i < count; i++) {
            seen |= 1ull << look_at(&spinners[i]).cpu;
        }
    }
    expect_equal(wanted, seen);
    for (uint64_t i = 0; i < count; i++) {
        spinner_end(&spinners[i]);
    }
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

/* If nothing holds this thread up between the look at the clock and its sleep. */
static bool sleeps_unaccounted(void)
{
    j6_koid_t self = koid_of(j6_handle_self_thread);
    j6_time_t start = now();
    j6_time_t before = thread_row(own_koid(), self).cpu_time;
    sleep_for(60);
    j6_time_t after = thread_row(own_koid(), self).cpu_time;
    return after - before + 60 * MS <= now() - start;
}

/* ---- yields -------------------------------------------------------------------------------- */

/* Threads on the first CPU that do nothing but yield to each other, and count it. */
static int64_t yield_on(void *arg)
{
    struct spinner *yielder = arg;
    while (!yielder->stop) {
        yielder->count++;
        j6_thread_sleep(0);
    }
    return 0;
}

static void yielder_start(struct spinner *yielder, uint64_t priority)
{
    *yielder = (struct spinner){.stop = false};
    expect_ok(j6_thread_run(&yielder->thread, yield_on, yielder, STACK));
    expect_ok(set_priority(yielder->thread.handle, priority));
    yielder->koid = koid_of(yielder->thread.handle);
}

/* Did all of them get a turn in this yield? */
static bool yield_passes(const struct spinner *others, int len)
{
    uint64_t before[4];
    bool all = true;
    for (int i = 0; i < len; i++) {
        before[i] = others[i].count;
    }
    expect_ok(j6_thread_sleep(0));
    for (int i = 0; i < len; i++) {
        all = all && others[i].count > before[i];
    }
    return all;
}

/* One whose turn ends before it has counted doesn't count in that round: seldom. */
TEST(who_yields_comes_behind_all_its_equals)
{
    struct spinner others[3];
    int passed = 0;
    stay_on_first_cpu();
    expect_ok(set_priority(j6_handle_self_thread, 4 | j6_priority_constant));
    for (int i = 0; i < 3; i++) {
        yielder_start(&others[i], 4 | j6_priority_constant);
    }
    for (int i = 0; i < 1000; i++) {
        passed += yield_passes(others, 3);
    }
    expect(passed >= 900);
    for (int i = 0; i < 3; i++) {
        spinner_end(&others[i]);
    }
    expect_ok(set_priority(j6_handle_self_thread, 4));
    leave_first_cpu();
}

TEST(who_yields_uses_up_its_turns_all_the_same)
{
    struct spinner pair[2];
    stay_on_first_cpu();
    for (int i = 0; i < 2; i++) {
        yielder_start(&pair[i], 4);
    }
    for (int i = 0; i < 2; i++) {
        expect_soon(look_at(&pair[i]).level > 4);
    }
    for (int i = 0; i < 2; i++) {
        spinner_end(&pair[i]);
    }
    leave_first_cpu();
}

/* Yields for a while: no time is counted twice, and little of it, if nobody else ran, not at all. */
static bool yields_are_accounted(const struct spinner *other)
{
    j6_koid_t own = koid_of(j6_handle_self_thread);
    j6_time_t start = now();
    j6_time_t before = thread_row(own_koid(), own).cpu_time + look_at(other).cpu_time;
    j6_time_t from = now();
    while (now() < from + 20 * MS) {
        expect_ok(j6_thread_sleep(0));
    }
    j6_time_t to = now();
    j6_time_t after = thread_row(own_koid(), own).cpu_time + look_at(other).cpu_time;
    expect(after - before <= now() - start);
    return after - before >= (to - from) / 2;
}

TEST(the_time_of_threads_that_yield_to_each_other_is_accounted)
{
    struct spinner other;
    stay_on_first_cpu();
    yielder_start(&other, 4);
    expect_soon(yields_are_accounted(&other));
    spinner_end(&other);
    leave_first_cpu();
}

TEST(threads_that_yield_to_each_other_go_where_their_affinity_says)
{
    struct spinner pair[2];
    if (cpu_count() < 2) {
        test_skip("one CPU");
        return;
    }
    stay_on_first_cpu();
    yielder_start(&pair[0], 4);
    yielder_start(&pair[1], 4);
    for (uint64_t round = 1; round <= 10; round++) {
        uint64_t cpu = round % 2;
        expect_ok(set_affinity(pair[0].thread.handle, 1ull << cpu));
        expect_soon(look_at(&pair[0]).cpu == cpu);
        uint64_t before = pair[0].count;
        expect_soon(pair[0].count > before && pair[1].count > 0);
        expect_equal(cpu, look_at(&pair[0]).cpu);
    }
    spinner_end(&pair[0]);
    spinner_end(&pair[1]);
    leave_first_cpu();
}

/* ---- accounting ----------------------------------------------------------------------------- */

SAMPLE_TEST(the_time_that_a_thread_has_run_is_accounted)
{
    struct spinner spinner;
    j6_time_t start = now();
    stay_on_first_cpu();
    spinner_start(&spinner, cpus_all());
    expect_soon(spinner.count > 0 && look_at(&spinner).cpu_time > 0);
    j6_time_t before = look_at(&spinner).cpu_time;
    expect_soon(look_at(&spinner).cpu_time > before);
    j6_time_t after = look_at(&spinner).cpu_time;
    expect(after <= now() - start);
    expect_soon(sleeps_unaccounted());
    spinner_end(&spinner);
    leave_first_cpu();
}

static bool is_debug_kernel(void)
{
    uint64_t failed;
    return j6_system_fail_nth(system_handle(), 0, 0, &failed) != j6_err_nyi;
}

/* What was set for the past may still go off once. */
SAMPLE_TEST(nothing_ticks_on_a_cpu_that_idles_or_runs_one_thread)
{
    struct spinner spinner;
    if (cpu_count() < 2 || is_debug_kernel()) {
        test_skip("one CPU, or a kernel that watches them");
        return;
    }
    stay_on_first_cpu();
    sleep_for(50);
    uint64_t idle = cpu_row(1).alarms;
    sleep_for(200);
    expect(cpu_row(1).alarms - idle <= 1);
    spinner_start(&spinner, 2);
    expect_soon(look_at(&spinner).cpu == 1);
    sleep_for(50);
    uint64_t alone = cpu_row(1).alarms;
    sleep_for(200);
    expect(cpu_row(1).alarms - alone <= 1);
    expect_equal(1, look_at(&spinner).cpu);
    spinner_end(&spinner);
    leave_first_cpu();
}

static int64_t spin_for_ever(void *arg)
{
    while (arg != NULL) {
        ++*(volatile uint64_t *)arg;
    }
    return 0;
}

TEST(a_thread_that_spins_is_killed_wherever_it_runs)
{
    static volatile uint64_t counts[CPUS_MAX];
    uint64_t cpus = cpu_count();
    stay_on_first_cpu();
    for (uint64_t cpu = 0; cpu < cpus; cpu++) {
        struct j6_thread thread;
        int64_t code = 0;
        counts[cpu] = 0;
        expect_ok(j6_thread_run(&thread, spin_for_ever, (void *)&counts[cpu], STACK));
        expect_ok(set_affinity(thread.handle, 1ull << cpu));
        expect_soon(counts[cpu] != 0);
        expect_ok(j6_thread_kill(thread.handle, -7));
        expect_ok(j6_thread_join(&thread, &code));
        expect_equal(-7, code);
    }
    leave_first_cpu();
}
