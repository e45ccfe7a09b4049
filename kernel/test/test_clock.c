/* SPDX-License-Identifier: MIT */
/* One time for all CPUs. */
#include "arch/arch.h"
#include "kernel/cpu_call.h"
#include "kernel/test/tests.h"

#define TIME_NS 20000000ull

static _Atomic j6_time_t latest; /* that any CPU has been told */
static _Atomic uint64_t behind;

/* What another CPU has read before we look must not be later than what we read then. */
static void read_the_clock(void *context)
{
    const j6_time_t *end = context;
    j6_time_t now;
    do {
        j6_time_t seen = latest;
        now = clock_now();
        if (now < seen) {
            behind++;
        }
        while (seen < now && !atomic_compare_exchange_weak(&latest, &seen, now)) {}
    } while (now < *end);
}

bool self_test_no_cpu_is_told_less_time_than_another_before(void)
{
    j6_time_t end = clock_now() + TIME_NS;
    behind = 0;
    cpu_call(cpus_online(), read_the_clock, &end);
    return behind == 0 && latest >= end;
}
