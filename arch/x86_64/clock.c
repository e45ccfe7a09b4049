/* SPDX-License-Identifier: MIT */
/*
 * The start of the clock, and the alarm. The alarm is the local APIC's timer: in TSC deadline mode
 * where offered, else counting down once. Nothing ticks on its own.
 */
#include "arch/x86_64/clock.h"
#include "arch/arch.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"
#include "lib/string.h"
#include <j6/flags.h>
#include <stdatomic.h>

#define NS_PER_S      1000000000ull
#define FRACTION_BITS 32
#define ALARM_MAX     (1ull << 40) /* ns, 18 minutes: keeps what follows within 64 bits */

/* What a PC without any known frequency is taken for. */
#define ASSUMED_HZ 1000000000ull

/* Only the CPU that boots */
static struct clock_rates rates;

/* Atomic; fixed point with FRACTION_BITS, rounded up */
static _Atomic uint64_t tsc_per_ns;
static _Atomic uint64_t apic_per_ns;

static uint64_t scale(uint64_t value, const _Atomic uint64_t *factor)
{
    uint64_t f = atomic_load_explicit(factor, memory_order_relaxed);
    return (uint64_t)((unsigned __int128)value * f >> FRACTION_BITS);
}

uint64_t clock_ticks(uint64_t ns)
{
    return scale(ns, &tsc_per_ns);
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
    j6_time_t now = clock_now();
    uint64_t wait = deadline > now ? deadline - now : 0;
    wait = wait < ALARM_MAX ? wait : ALARM_MAX;
    if (cpu_features.tsc_deadline) {
        x86_wrmsr(MSR_TSC_DEADLINE, x86_rdtsc() + clock_ticks(wait) + 1);
    } else {
        uint64_t count = scale(wait, &apic_per_ns) + 1;
        apic_timer_start(count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
    }
}

void clock_setup(void)
{
    apic_timer_init(cpu_features.tsc_deadline);
}

static uint64_t ns_per_tick(void)
{
    return (NS_PER_S << FRACTION_BITS) / rates.tsc_hz;
}

static void alarm_rates_set(void)
{
    tsc_per_ns = UINT64_MAX / ns_per_tick() + 1; /* so that no alarm comes early */
    apic_per_ns = (rates.apic_hz << FRACTION_BITS) / NS_PER_S + 1;
}

static uint64_t page_features(const struct cpu_features *f)
{
    return (f->fsgsbase ? j6_cpu_fsgsbase : 0) | (f->xsave ? j6_cpu_xsave : 0) |
           (f->rdrand ? j6_cpu_rdrand : 0) | (f->rdseed ? j6_cpu_rdseed : 0) |
           (f->erms ? j6_cpu_erms : 0) | (f->fsrm ? j6_cpu_fsrm : 0) |
           (f->tsc_invariant ? j6_cpu_tsc_invariant : 0) | (f->hypervisor ? j6_cpu_hypervisor : 0);
}

/* A hypervisor keeps the TSC steady, whether it says so or not. */
static bool is_steady(void)
{
    return cpu_features.tsc_invariant || cpu_features.hypervisor;
}

void arch_clock_init(const struct acpi_info *acpi, uint64_t entry_tsc, const char *option)
{
    if (!clock_calibrate(acpi, !cpu_features.tsc_deadline, &rates)) {
        rates = (struct clock_rates){ASSUMED_HZ, ASSUMED_HZ, "assumption"};
        log_warning("clock: nothing to measure the TSC against; time may run wrong");
    }
    bool by_call = option != NULL && string_equal(option, "call");
    bool trusted = is_steady() && !by_call;
    clock_frame.page.cpu_features = page_features(&cpu_features);
    clock_count_cpu();
    clock_begin(entry_tsc, ns_per_tick());
    alarm_rates_set();
    clock_set_trusted(trusted);
    clock_setup();
    log_info("clock   TSC %lu kHz by %s%s, alarm by %s%s", rates.tsc_hz / 1000, rates.source,
             cpu_features.tsc_invariant ? "" : " (not invariant)",
             cpu_features.tsc_deadline ? "TSC deadline" : "APIC timer",
             trusted ? "" : ", programs make calls");
}

paddr_t arch_clock_page(void)
{
    return (paddr_t)&clock_frame - KERNEL_BASE;
}

void arch_clock_refine(void)
{
    uint64_t before = rates.tsc_hz;
    if (clock_calibrate_again(&rates)) {
        clock_set_rate(ns_per_tick());
        alarm_rates_set();
        log_debug("clock   TSC %lu kHz, not %lu", rates.tsc_hz / 1000, before / 1000);
    }
}
