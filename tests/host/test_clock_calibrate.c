/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/clock_calibrate.c */
/*
 * Measuring the TSC against timers that the test makes up. Time passes by being looked at: a little
 * with each reading of the TSC, more with each access to a timer.
 */
#include "arch/arch.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/clock_reference.h"
#include "arch/x86_64/cpu.h"
#include <stdlib.h>
#include <test.h>
#include <test_random.h>

#define HPET_PERIOD 69841279 /* fs */
#define TSC_KHZ     2596123ull
#define APIC_KHZ    1000321ull
#define MS          1000000ull

struct cpu_features cpu_features;

static uint64_t ns;
static uint64_t access_ns;   /* how long an access to the timer takes, and … */
static uint64_t access_more; /* … at most besides */
static uint64_t gap_at;      /* not 0: we are stopped for 20 ms at this time */
static bool stopped;

uint64_t x86_rdtsc(void)
{
    ns += 8;
    if (gap_at != 0 && ns >= gap_at) {
        ns += 20 * MS;
        gap_at = 0;
    }
    return (uint64_t)((unsigned __int128)ns * TSC_KHZ / MS);
}

uint32_t apic_timer_count(void)
{
    ns += 100;
    return UINT32_MAX - (uint32_t)(ns * APIC_KHZ / MS);
}

void apic_timer_start(uint32_t count)
{
    (void)count;
}

struct cpuid cpu_leaf(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf;
    (void)subleaf;
    return (struct cpuid){0};
}

static bool start(const struct acpi_info *acpi, struct clock_reference *self)
{
    (void)acpi;
    (void)self;
    return true;
}

static bool start_none(const struct acpi_info *acpi, struct clock_reference *self)
{
    (void)acpi;
    (void)self;
    return false;
}

/* The counter is read somewhere in the middle of the access. */
static uint32_t read_counter(void)
{
    uint64_t before = access_ns / 2 + test_random_below(access_more + 1);
    uint64_t behind = access_ns / 2 + test_random_below(access_more + 1);
    static uint32_t count;
    ns += before;
    count = stopped ? count : (uint32_t)(ns * MS / HPET_PERIOD);
    ns += behind;
    return count;
}

struct clock_reference clock_references[CLOCK_REFERENCES] = {
    {"absent", start_none, read_counter, UINT32_MAX, HPET_PERIOD},
    {"present", start, read_counter, UINT32_MAX, HPET_PERIOD},
    {"absent", start_none, read_counter, UINT32_MAX, HPET_PERIOD},
};

static uint64_t parts_per_million_off(uint64_t hz, uint64_t khz)
{
    uint64_t off = hz > khz * 1000 ? hz - khz * 1000 : khz * 1000 - hz;
    return off * 1000000 / (khz * 1000);
}

static int begin(void **state)
{
    (void)state;
    ns = test_random_below(1ull << 40);
    access_ns = 500;
    access_more = 0;
    gap_at = 0;
    stopped = false;
    clock_references[1].mask = UINT32_MAX;
    return 0;
}

static struct clock_rates calibrate(void)
{
    struct clock_rates rates = {0};
    uint64_t from = ns;
    assert_true(clock_calibrate(NULL, true, &rates));
    assert_true(ns - from < 2 * MS); /* less than 1 ms for the TSC, and for the APIC */
    assert_string_equal(rates.source, "present");
    return rates;
}

static void the_first_measurement_is_right_within_some_hundred_millionths(void **state)
{
    (void)state;
    struct clock_rates rates = calibrate();
    assert_in_range(parts_per_million_off(rates.tsc_hz, TSC_KHZ), 0, 300);
    assert_in_range(parts_per_million_off(rates.apic_hz, APIC_KHZ), 0, 1000);
}

static void a_first_measurement_that_was_interrupted_is_made_again(void **state)
{
    (void)state;
    for (uint64_t at = 0; at < MS; at += MS / 50) {
        struct clock_rates rates = {0};
        gap_at = ns + 2000 + at;
        assert_true(clock_calibrate(NULL, false, &rates));
        assert_in_range(parts_per_million_off(rates.tsc_hz, TSC_KHZ), 0, 1000);
    }
}

static void the_second_measurement_is_right_within_ten_millionths(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        access_more = 1000;
        struct clock_rates rates = calibrate();
        assert_true(arch_clock_is_rough());
        ns += 200 * MS;
        assert_true(clock_calibrate_again(&rates));
        assert_in_range(parts_per_million_off(rates.tsc_hz, TSC_KHZ), 0, 10);
        assert_false(arch_clock_is_rough());
    }
}

/* It was measured against the TSC, so what that was off it is off too. */
static void the_second_measurement_puts_the_apic_timer_right_too(void **state)
{
    (void)state;
    struct clock_rates rates = calibrate();
    uint64_t apic_by_tsc = rates.apic_hz * 1000 / (rates.tsc_hz / 1000);
    ns += 200 * MS;
    assert_true(clock_calibrate_again(&rates));
    assert_in_range(rates.apic_hz * 1000 / (rates.tsc_hz / 1000), apic_by_tsc - 1, apic_by_tsc + 1);
}

static void a_measurement_that_comes_too_late_changes_nothing(void **state)
{
    (void)state;
    struct clock_rates rates = calibrate();
    uint64_t before = rates.tsc_hz;
    ns += 1500 * MS;
    assert_false(clock_calibrate_again(&rates));
    assert_int_equal(rates.tsc_hz, before);
}

static void a_timer_that_has_stopped_changes_nothing(void **state)
{
    (void)state;
    struct clock_rates rates = calibrate();
    uint64_t before = rates.tsc_hz;
    stopped = true;
    ns += 200 * MS;
    assert_false(clock_calibrate_again(&rates));
    assert_int_equal(rates.tsc_hz, before);
}

static void a_result_that_is_far_off_is_not_believed(void **state)
{
    (void)state;
    struct clock_rates rates = calibrate();
    uint64_t before = rates.tsc_hz;
    ns += 100 * MS;
    stopped = true;
    read_counter();
    stopped = false;
    clock_references[1].period_fs = HPET_PERIOD + HPET_PERIOD / 50;
    ns += 100 * MS;
    assert_false(clock_calibrate_again(&rates));
    clock_references[1].period_fs = HPET_PERIOD;
    assert_int_equal(rates.tsc_hz, before);
}

static void a_timer_that_comes_round_within_a_second_is_used_once(void **state)
{
    (void)state;
    clock_references[1].mask = 0xffff;
    calibrate();
    assert_false(arch_clock_is_rough());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_measurement_is_right_within_some_hundred_millionths,
                               begin),
        cmocka_unit_test_setup(a_first_measurement_that_was_interrupted_is_made_again, begin),
        cmocka_unit_test_setup(the_second_measurement_is_right_within_ten_millionths, begin),
        cmocka_unit_test_setup(the_second_measurement_puts_the_apic_timer_right_too, begin),
        cmocka_unit_test_setup(a_measurement_that_comes_too_late_changes_nothing, begin),
        cmocka_unit_test_setup(a_timer_that_has_stopped_changes_nothing, begin),
        cmocka_unit_test_setup(a_result_that_is_far_off_is_not_believed, begin),
        cmocka_unit_test_setup(a_timer_that_comes_round_within_a_second_is_used_once, begin),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
