/* SPDX-License-Identifier: MIT */
/*
 * Every call, with each of its allocations failing in turn, with all of them failing, and with two
 * of them chosen at random. At the end the places in the kernel that never failed are printed:
 * the runner makes those fail in boots of their own.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "userland/test/main/failures.h"
#include "userland/test/main/look.h"

enum { TRIES_MAX = 2000, DOUBLES = 1000 };

/* What doesn't come back is tried by the victim, and by boots of their own. */
static bool comes_back(uint64_t number)
{
    return number != call_process_exit && number != call_thread_exit && number != call_system_power;
}

static void expect_scenario(const struct call_row *row)
{
    bool found = !row->served || !comes_back(row->number);
    const struct scenario *scenario = __start_scenarios;
    for (; scenario != __stop_scenarios && !found; scenario++) {
        found = scenario->call == row->number;
    }
    test_expect(found, row->name, TEST_HERE);
}

TEST(every_call_has_a_scenario_of_failing_allocations)
{
    calls_each(expect_scenario);
}

/* Until none is left to fail. */
static void try_each(const struct scenario *scenario)
{
    uint64_t n = 1;
    while (n < TRIES_MAX && !test_has_failed() && scenario_try(scenario, n, 0) > 0) {
        n++;
    }
    expect(n < TRIES_MAX);
}

TEST(every_call_copes_with_each_of_its_allocations_failing)
{
    if (!failures_offered()) {
        return;
    }
    for (const struct scenario *scenario = __start_scenarios; scenario != __stop_scenarios;
         scenario++) {
        scenario_warm_up(scenario);
        try_each(scenario);
        scenario_try(scenario, 1, j6_fail_all);
    }
}

/* splitmix64: the same stream from the same seed. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

TEST(every_call_copes_with_two_of_its_allocations_failing)
{
    if (!failures_offered()) {
        return;
    }
    uint64_t seed = 0;
    uint64_t doubles = DOUBLES;
    if (!boot_number("seed=", &seed)) {
        expect_ok(j6_random(&seed, 4));
    }
    boot_number("failures=", &doubles);
    j6_printf("failures: %llu times two, seed=%llu", (unsigned long long)doubles,
              (unsigned long long)seed);
    for (const struct scenario *scenario = __start_scenarios; scenario != __stop_scenarios;
         scenario++) {
        scenario_warm_up(scenario);
    }
    for (uint64_t i = 0; i < doubles && !test_has_failed(); i++) {
        uint64_t chosen = next_random(&seed) % (uint64_t)(__stop_scenarios - __start_scenarios);
        uint64_t n = 1 + next_random(&seed) % 32;
        scenario_try(&__start_scenarios[chosen], n, 1 + next_random(&seed) % 8);
    }
}

/* As soon as the word is set. */
static int64_t make_area(void *arg)
{
    j6_handle_t area;
    while (__atomic_load_n((uint32_t *)arg, __ATOMIC_ACQUIRE) == 0) {
        expect(j6_futex_wait(arg, 0, j6_deadline_never) != j6_err_bad_address);
    }
    j6_status_t status = j6_vma_create(PAGE, 0, &area);
    return status == j6_status_ok ? (int64_t)j6_handle_close(area) : -1;
}

TEST(failures_are_set_only_where_their_count_can_be_told)
{
    if (failures_offered()) {
        uint64_t *nowhere = (uint64_t *)8;
        expect_status(j6_err_bad_address, j6_system_fail_nth(system_handle(), 1, 0, nowhere));
        expect_ok(j6_handle_close(area_new(1, 0)));
        expect_equal(0, failures_disarm());
    }
}

TEST(failures_are_a_matter_of_the_thread_that_sets_them)
{
    if (failures_offered()) {
        int64_t code = -1;
        uint32_t armed = 0;
        struct j6_thread thread;
        expect_ok(j6_thread_run(&thread, make_area, &armed, 4 * PAGE));
        failures_arm(1, j6_fail_all);
        __atomic_store_n(&armed, 1, __ATOMIC_RELEASE);
        expect_ok(j6_futex_wake(&armed, 1));
        expect_ok(j6_object_wait(thread.handle, j6_signal_closed, NULL, j6_deadline_never));
        expect_equal(0, failures_disarm());
        expect_ok(j6_thread_join(&thread, &code));
        expect_equal(0, code);
    }
}

/* A victim of which the nth allocation fails: its end, and what it leaves, which is nothing. */
static struct j6_end_info fail_in_victim(const char *mode, uint64_t n)
{
    char argument[24];
    format(argument, sizeof(argument), "%llu", (unsigned long long)n);
    const j6_handle_t elf = j6_find_module("victim");
    const struct j6_spawn_row rows[] = {
        {"system", system_handle(), j6_handle_rights(system_handle())},
        {"elf", elf, j6_handle_rights(elf)},
    };
    struct ledger before = ledger_take();
    struct j6_end_info end = process_finish(victim_start(mode, argument, rows, 2));
    expect_ledger(&before, mode);
    return end;
}

/* Each of its allocations fails in turn: then it goes on, or it ends for lack of memory. */
static void expect_clean_ends(const char *mode)
{
    struct j6_end_info end = {.code = 1};
    for (uint64_t n = 1; n < TRIES_MAX && end.code == 1 && !test_has_failed(); n++) {
        end = fail_in_victim(mode, n);
        if (end.reason == j6_reason_no_memory) {
            end.code = 1;
        } else {
            expect_equal(j6_reason_exited, end.reason);
        }
    }
    expect_equal(0, end.code);
}

TEST(a_process_whose_page_cannot_be_had_ends_alone_and_leaves_nothing)
{
    if (failures_offered()) {
        expect_clean_ends("fail_faults");
    }
}

TEST(a_program_that_cannot_be_started_for_lack_of_memory_leaves_nothing)
{
    if (failures_offered()) {
        expect_clean_ends("fail_spawn");
    }
}

TEST(a_process_ends_while_every_allocation_fails)
{
    if (failures_offered()) {
        expect_equal(j6_reason_exited, fail_in_victim("fail_end", 0).reason);
        expect_equal(j6_reason_fault, fail_in_victim("fail_end", 1).reason);
    }
}

TEST(a_process_is_killed_while_every_allocation_fails)
{
    if (!failures_offered()) {
        return;
    }
    struct ledger before = ledger_take();
    const struct j6_spawn_row row = {"system", system_handle(), j6_handle_rights(system_handle())};
    j6_handle_t process = victim_start("fail_end", "2", &row, 1);
    threads_block(process, 2, j6_wait_sleep); /* it has all that it wants */
    failures_arm(1, j6_fail_all);
    expect_ok(j6_process_kill(process, 0));
    expect_equal(j6_reason_killed, process_finish(process).reason);
    failures_disarm();
    expect_ledger(&before, "killing");
}

/* The tests' own allocations needn't fail. */
static bool is_of_a_test(const struct j6_allocation_info *row)
{
    static const char folder[] = "kernel/test/";
    return strncmp(row->file, folder, sizeof(folder) - 1) == 0;
}

void failures_report(void)
{
    static struct j6_allocation_info rows[512];
    uint64_t len = sizeof(rows);
    if (j6_system_info(system_handle(), j6_topic_allocations, 0, rows, &len) != j6_status_ok) {
        return;
    }
    uint64_t count = 0;
    for (const struct j6_allocation_info *row = rows; row != rows + len / sizeof(*row); row++) {
        count += !is_of_a_test(row);
        if (!is_of_a_test(row) && row->failures == 0) {
            j6_printf("allocations: %s:%u in %s never failed", row->file, row->line, row->function);
        }
    }
    j6_printf("allocations: %llu places", (unsigned long long)count);
}
