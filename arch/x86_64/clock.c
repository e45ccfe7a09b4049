/* SPDX-License-Identifier: MIT */
/*
 * The monotonic clock and the alarm. The alarm is the local APIC's timer: in TSC deadline mode where
 * offered, else counting down once. Nothing ticks on its own.
 */
#include "arch/x86_64/clock.h"
#include "arch/arch.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"
#include <j6/flags.h>

#define NS_PER_S      1000000000ull
#define FRACTION_BITS 32
#define ALARM_MAX     (1ull << 40) /* ns, 18 minutes: keeps what follows within 64 bits */

/* What a PC without any known frequency is taken for. */
#define ASSUMED_HZ 1000000000ull

uint64_t clock_entry_tsc;
uint64_t clock_ns_per_tick;

/* Immutable after arch_clock_init; fixed point with FRACTION_BITS, rounded up */
static uint64_t tsc_per_ns;
static uint64_t apic_per_ns;

static uint64_t scale(uint64_t value, uint64_t factor)
{
    return (uint64_t)((unsigned __int128)value * factor >> FRACTION_BITS);
}

static j6_time_t time_of(uint64_t tsc)
{
    return scale(tsc - clock_entry_tsc, clock_ns_per_tick);
}

j6_time_t clock_now(void)
{
    return time_of(x86_rdtsc());
}

void clock_set_alarm(j6_time_t deadline)
{
    if (deadline == j6_deadline_never) {
        if (cpu_features.tsc_deadline) {
            x86_wrmsr(MSR_TSC_DEADLINE, 0);
        } else {
            apic_timer_start(0);
        }
        return;
    }
    uint64_t tsc = x86_rdtsc();
    j6_time_t now = time_of(tsc);
    uint64_t wait = deadline > now ? deadline - now : 0;
    wait = wait < ALARM_MAX ? wait : ALARM_MAX;
    if (cpu_features.tsc_deadline) {
        x86_wrmsr(MSR_TSC_DEADLINE, tsc + scale(wait, tsc_per_ns) + 1);
    } else {
        uint64_t count = scale(wait, apic_per_ns) + 1;
        apic_timer_start(count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
    }
}

void clock_setup(void)
{
    apic_timer_init(cpu_features.tsc_deadline);
}

void arch_clock_init(const struct acpi_info *acpi)
{
    struct clock_rates rates;
    if (!clock_calibrate(acpi, !cpu_features.tsc_deadline, &rates)) {
        rates = (struct clock_rates){ASSUMED_HZ, ASSUMED_HZ, "assumption"};
        log_warning("clock: nothing to measure the TSC against; time may run wrong");
    }
    clock_ns_per_tick = (NS_PER_S << FRACTION_BITS) / rates.tsc_hz;
    tsc_per_ns = UINT64_MAX / clock_ns_per_tick + 1; /* so that no alarm comes early */
    apic_per_ns = (rates.apic_hz << FRACTION_BITS) / NS_PER_S + 1;
    clock_setup();
    log_info("clock   TSC %lu kHz by %s%s, alarm by %s", rates.tsc_hz / 1000, rates.source,
             cpu_features.tsc_invariant ? "" : " (not invariant)",
             cpu_features.tsc_deadline ? "TSC deadline" : "APIC timer");
}
