/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/clock_check.c tests/host/shim_machine.c */
/* Two threads with time-stamp counters of their own compare them: CPU 1, and CPU 0 as it is called. */
#include "arch/arch.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/smp.h"
#include "arch/x86_64/trap.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <test.h>
#include <test_machine.h>

#define SKEW (1ll << 40)

/* Less than the threads of a busy machine can miss each other by. */
#define NEAR (SKEW / 1000)

enum { TIMES = 6 };

struct cpu_features cpu_features;
PER_CPU(uint64_t, clock_tsc_offset);

static _Thread_local int64_t ahead; /* what this thread's counter has more than that of CPU 0 */
static _Thread_local uint64_t adjust;
static unsigned adjusted;
static _Atomic bool called;
static _Atomic bool over;
static bool trusted;

uint64_t x86_rdtsc_ordered(void)
{
    return __builtin_ia32_rdtsc() + (uint64_t)ahead + adjust;
}

uint64_t x86_rdtsc(void)
{
    return x86_rdtsc_ordered();
}

uint64_t x86_rdmsr(uint32_t msr)
{
    assert_int_equal(msr, MSR_TSC_ADJUST);
    return adjust;
}

void x86_wrmsr(uint32_t msr, uint64_t value)
{
    assert_int_equal(msr, MSR_TSC_ADJUST);
    adjust = value;
    adjusted++;
}

/* All that is bounded by time is given more: threads wait for each other longer than CPUs. */
uint64_t clock_ticks(uint64_t ns)
{
    return ns * 20;
}

void clock_set_trusted(bool value)
{
    trusted = value;
}

void smp_interrupt(uint32_t index, uint8_t vector)
{
    called = called || (index == 0 && vector == VECTOR_CLOCK);
}

void arch_idle(void)
{
    fail(); /* nobody else has a turn */
}

static void *be_cpu_0(void *argument)
{
    (void)argument;
    while (!over) {
        if (atomic_exchange(&called, false)) {
            clock_check_answer();
        }
        sched_yield();
    }
    return NULL;
}

/* One check by a CPU that is so far ahead; how far it is in the end. */
static int64_t check(int64_t by, bool register_there)
{
    pthread_t cpu_0;
    over = called = false;
    trusted = true;
    cpu_features.tsc_adjust = register_there;
    ahead = by;
    adjust = 0;
    adjusted = 0;
    test_cpu_switch(1);
    *this_cpu(clock_tsc_offset) = 0;
    assert_int_equal(pthread_create(&cpu_0, NULL, be_cpu_0, NULL), 0);
    clock_check();
    over = true;
    pthread_join(cpu_0, NULL);
    return ahead + (int64_t)adjust + (int64_t)*this_cpu(clock_tsc_offset);
}

static void counters_that_are_alike_stay_as_they_are(void **state)
{
    (void)state;
    for (int i = 0; i < TIMES; i++) {
        assert_int_equal(check(0, i % 2), 0);
        assert_int_equal(adjusted, 0);
        assert_true(trusted);
    }
}

static void a_counter_that_is_off_is_put_right_by_its_register(void **state)
{
    (void)state;
    for (int i = 0; i < TIMES; i++) {
        int64_t left = check(i % 2 ? SKEW : -SKEW, true);
        assert_true(left > -NEAR && left < NEAR);
        assert_true(adjusted >= 1);
        assert_int_equal(*this_cpu(clock_tsc_offset), 0);
        assert_true(trusted);
    }
}

static void without_the_register_the_difference_is_added_and_programs_are_told(void **state)
{
    (void)state;
    for (int i = 0; i < TIMES; i++) {
        int64_t left = check(i % 2 ? SKEW : -SKEW, false);
        assert_true(left > -NEAR && left < NEAR);
        assert_int_equal(adjusted, 0);
        assert_false(trusted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_that_are_alike_stay_as_they_are),
        cmocka_unit_test(a_counter_that_is_off_is_put_right_by_its_register),
        cmocka_unit_test(without_the_register_the_difference_is_added_and_programs_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
