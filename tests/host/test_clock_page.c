/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/clock_page.c kernel/base/spinlock.c tests/host/shim_machine.c */
/* The clock over a time-stamp counter that the test turns, and that threads turn by reading it. */
#include "arch/arch.h"
#include "arch/x86_64/clock.h"
#include <pthread.h>
#include <string.h>
#include <test.h>
#include <test_machine.h>
#include <test_random.h>

enum { READERS = 3, READS = 300000, CHANGES = 1000 };

#define ENTRY  123456789ull
#define SECOND 1000000000ull
#define HALF   (1ull << 31) /* ns a tick: 2 GHz */

static _Atomic uint64_t tsc;
static uint64_t step; /* by which a reading turns it on */

/* What comes between a reader's look at the sequence and his end, once. */
static void (*meanwhile)(void);

uint64_t x86_rdtsc_ordered(void)
{
    void (*happens)(void) = meanwhile;
    if (happens != NULL) {
        meanwhile = NULL;
        happens();
    }
    return atomic_fetch_add(&tsc, step);
}

static int begin(void **state)
{
    (void)state;
    memset(&clock_frame, 0, sizeof(clock_frame));
    test_cpu_switch(0);
    *this_cpu(clock_tsc_offset) = 0;
    step = 0;
    tsc = ENTRY;
    return 0;
}

static void begin_at_2_ghz(void)
{
    clock_begin(ENTRY, HALF);
    clock_set_trusted(true);
}

/* What a reader of that scale is told at that moment. */
static j6_time_t told_by(uint32_t scale, uint64_t at)
{
    return j6_clock_time(&clock_frame.page.scale[scale & 1], at);
}

static void time_is_0_until_the_clock_begins_and_counts_from_the_kernels_entry(void **state)
{
    (void)state;
    assert_int_equal(clock_now(), 0);
    tsc += 2 * SECOND;
    assert_int_equal(clock_now(), 0);
    begin_at_2_ghz();
    assert_int_equal(clock_now(), SECOND);
    tsc += 4000;
    assert_int_equal(clock_now(), SECOND + 2000);
}

static void time_is_right_after_a_hundred_years(void **state)
{
    (void)state;
    begin_at_2_ghz();
    tsc += 2 * 3155760000 * SECOND;
    assert_int_equal(clock_now(), 3155760000 * SECOND);
}

/* A hundredth off at most, as a second measurement may say. */
static void a_new_rate_goes_on_where_the_old_one_was(void **state)
{
    (void)state;
    begin_at_2_ghz();
    for (int i = 0; i < CHANGES; i++) {
        tsc += test_random_below(2 * SECOND);
        j6_time_t before = clock_now();
        clock_set_rate(HALF - HALF / 100 + test_random_below(HALF / 50));
        j6_time_t after = clock_now();
        assert_true(after >= before);
        assert_true(after - before <
                    SECOND / 4000); /* twice a hundredth of the overlap, and a bit */
    }
}

static void for_10_ms_the_new_rate_is_not_behind_the_old_one(void **state)
{
    (void)state;
    begin_at_2_ghz();
    for (int i = 0; i < CHANGES; i++) {
        tsc += test_random_below(2 * SECOND);
        uint64_t at = tsc;
        clock_set_rate(HALF - HALF / 100 + test_random_below(HALF / 50));
        uint32_t new = clock_frame.page.sequence;
        for (int late = 0; late <= 95; late++) {
            uint64_t moment = at + (uint64_t)late * SECOND / 5000;
            assert_true(told_by(new, moment) >= told_by(new - 1, moment));
        }
    }
}

static void a_rate_lasts(void **state)
{
    (void)state;
    begin_at_2_ghz();
    clock_set_rate(HALF / 2);
    j6_time_t before = clock_now();
    tsc += 4 * SECOND;
    assert_int_equal(clock_now() - before, SECOND);
}

static void change_twice(void)
{
    tsc += 2 * SECOND;
    clock_set_rate(HALF / 2);
    clock_set_rate(HALF / 4);
    tsc += SECOND;
}

/* Had he not, he would have told the time before the changes. */
static void who_reads_while_the_scale_changes_begins_again(void **state)
{
    (void)state;
    begin_at_2_ghz();
    step = 1;
    uint64_t begun = tsc;
    meanwhile = change_twice;
    j6_time_t now = clock_now();
    assert_int_equal(tsc - begun,
                     3 * SECOND + 4); /* two readings by the changes, two by the reader */
    step = 0;
    assert_in_range(now, clock_now() - 1, clock_now());
}

static void what_does_not_change_is_kept(void **state)
{
    (void)state;
    begin_at_2_ghz();
    clock_set_boot_time(77);
    tsc += 20000;
    clock_set_trusted(true);
    const struct j6_clock_scale *scale = &clock_frame.page.scale[clock_frame.page.sequence & 1];
    assert_int_equal(scale->boot_time, 77);
    assert_int_equal(scale->ns_per_tick, HALF);
    assert_int_equal(clock_now(), 10000);
    clock_set_rate(HALF);
    assert_int_equal(clock_frame.page.scale[clock_frame.page.sequence & 1].boot_time, 77);
}

static void without_trust_no_cpu_is_told_less_than_another(void **state)
{
    (void)state;
    begin_at_2_ghz();
    clock_set_trusted(false);
    test_cpu_switch(1);
    *this_cpu(clock_tsc_offset) = 1000; /* 500 ns ahead */
    j6_time_t ahead = clock_now();
    test_cpu_switch(0);
    assert_int_equal(clock_now(), ahead);
    tsc += 2000;
    assert_int_equal(clock_now(), ahead + 500);
    test_cpu_switch(1);
    assert_int_equal(clock_now(), ahead + 1000);
    *this_cpu(clock_tsc_offset) = 0;
}

static _Atomic j6_time_t latest;
static _Atomic int reading;
static _Atomic uint64_t steps_back;

static void *read_clock(void *argument)
{
    (void)argument;
    for (int i = 0; i < READS; i++) {
        j6_time_t seen = latest;
        j6_time_t now = clock_now();
        steps_back += now < seen;
        while (seen < now && !atomic_compare_exchange_weak(&latest, &seen, now)) {}
    }
    reading--;
    return NULL;
}

static void time_never_runs_back_for_threads_that_read_while_the_rate_changes(void **state)
{
    (void)state;
    begin_at_2_ghz();
    step = 3;
    latest = 0;
    reading = READERS;
    pthread_t readers[READERS];
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, read_clock, NULL), 0);
    }
    while (reading > 0) {
        clock_set_rate(HALF - HALF / 100 + test_random_below(HALF / 50));
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(readers[i], NULL);
    }
    assert_int_equal(steps_back, 0);
    assert_true(latest > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(time_is_0_until_the_clock_begins_and_counts_from_the_kernels_entry,
                               begin),
        cmocka_unit_test_setup(time_is_right_after_a_hundred_years, begin),
        cmocka_unit_test_setup(a_new_rate_goes_on_where_the_old_one_was, begin),
        cmocka_unit_test_setup(for_10_ms_the_new_rate_is_not_behind_the_old_one, begin),
        cmocka_unit_test_setup(a_rate_lasts, begin),
        cmocka_unit_test_setup(who_reads_while_the_scale_changes_begins_again, begin),
        cmocka_unit_test_setup(what_does_not_change_is_kept, begin),
        cmocka_unit_test_setup(without_trust_no_cpu_is_told_less_than_another, begin),
        cmocka_unit_test_setup(time_never_runs_back_for_threads_that_read_while_the_rate_changes,
                               begin),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
