/* SPDX-License-Identifier: MIT */
/* Yields to equals, and the time that threads have run. */
#include "userland/test/main/sched.h"

static const uint64_t MS = 1000000;

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
    expect_ok(j6_thread_run(&yielder->thread, yield_on, yielder, SPINNER_STACK));
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
        expect_soon(spinner_row(&pair[i]).level > 4);
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
    j6_time_t before = thread_row(own_koid(), own).cpu_time + spinner_row(other).cpu_time;
    j6_time_t from = now();
    while (now() < from + 20 * MS) {
        expect_ok(j6_thread_sleep(0));
    }
    j6_time_t to = now();
    j6_time_t after = thread_row(own_koid(), own).cpu_time + spinner_row(other).cpu_time;
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
        expect_soon(spinner_row(&pair[0]).cpu == cpu);
        uint64_t before = pair[0].count;
        expect_soon(pair[0].count > before && pair[1].count > 0);
        expect_equal(cpu, spinner_row(&pair[0]).cpu);
    }
    spinner_end(&pair[0]);
    spinner_end(&pair[1]);
    leave_first_cpu();
}

/* ---- accounting ----------------------------------------------------------------------------- */

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

SAMPLE_TEST(the_time_that_a_thread_has_run_is_accounted)
{
    struct spinner spinner;
    j6_time_t start = now();
    stay_on_first_cpu();
    spinner_start(&spinner, cpus_all());
    expect_soon(spinner.count > 0 && spinner_row(&spinner).cpu_time > 0);
    j6_time_t before = spinner_row(&spinner).cpu_time;
    expect_soon(spinner_row(&spinner).cpu_time > before);
    j6_time_t after = spinner_row(&spinner).cpu_time;
    expect(after <= now() - start);
    expect_soon(sleeps_unaccounted());
    spinner_end(&spinner);
    leave_first_cpu();
}
