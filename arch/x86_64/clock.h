/* SPDX-License-Identifier: MIT */
/*
 * Time from the time-stamp counter (TSC), by the page that processes read it from too: what its
 * words mean, and how they change, stands in <j6/clock.h>.
 *
 *   clock_page.c       the page: reading the clock, changing its scale
 *   clock_calibrate.c  how fast the TSC runs, compared with the timers of clock_reference.c
 *   clock_check.c      whether the TSCs of all CPUs tell the same
 *   clock.c            the start, and the alarm
 */
#pragma once
#include "arch/ticks.h"
#include "arch/x86_64/x86.h"
#include "lib/page.h"
#include <j6/clock.h>
#include <stdbool.h>

struct acpi_info;

/* ---- the page ---- */

/* Alone in its frame: processes see all of that. */
union clock_frame {
    struct j6_clock_page page;
    char bytes[PAGE_SIZE];
};

extern union clock_frame clock_frame;

static inline uint64_t clock_tsc(void)
{
    return x86_rdtsc_ordered() + this_cpu_read(clock_tsc_offset);
}

/* Time stands still at 0 until it begins. */
static inline bool clock_runs(void)
{
    return clock_frame.page.sequence != 0;
}

/*
 * How long a tick lasts, as a fixed-point number as in the page: the clock begins, with time 0 at
 * entry_tsc; or it goes on from where it is at another rate.
 */
void clock_begin(uint64_t entry_tsc, uint64_t ns_per_tick);
void clock_set_rate(uint64_t ns_per_tick);

/* May programs read the TSC themselves? Once they may not, they may never again. */
void clock_set_trusted(bool trusted);

/* One more CPU runs. */
void clock_count_cpu(void);

/* ---- rates ---- */

struct clock_rates {
    uint64_t tsc_hz;
    uint64_t apic_hz;   /* of the local APIC's timer; 0: not known */
    const char *source; /* for the log */
};

/*
 * Finds the frequencies: what CPUID tells exactly, else by measuring, at most 1 ms if nothing
 * disturbs. The APIC's is found if `apic` is set. False: there is nothing to measure against.
 */
bool clock_calibrate(const struct acpi_info *acpi, bool apic, struct clock_rates *out);

/*
 * Measures again, if arch_clock_is_rough: from the end of clock_calibrate until now, which should
 * be a few hundred times as long, but less than a second. False: what was found then is all that
 * can be found.
 */
bool clock_calibrate_again(struct clock_rates *rates);

/* So many ticks of the TSC. */
uint64_t clock_ticks(uint64_t ns);

/* ---- other CPUs ---- */

/* Lets this CPU's timer raise the alarm, as arch_clock_init does for the first one's. */
void clock_setup(void);

/*
 * Compares this CPU's TSC with that of CPU 0, and puts right what is wrong. Called once, before the
 * CPU is online, with interrupts off, which come in meanwhile. It waits until CPU 0 takes
 * interrupts.
 */
void clock_check(void);

/* The handler of VECTOR_CLOCK, on CPU 0. */
void clock_check_answer(void);

/* For tests: the TSCs of CPUs that are checked from now on are ahead, each by so much more. */
void clock_check_skew(uint64_t ticks);
