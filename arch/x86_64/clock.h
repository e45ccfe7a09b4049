/* SPDX-License-Identifier: MIT */
/*
 * Time from the time-stamp counter. Its ticks become nanoseconds by one multiplication:
 *
 *     ns = (TSC - clock_entry_tsc) * ns_per_tick / 2^32
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct acpi_info;

/* The TSC when the kernel was entered; set before the first use of the clock. */
extern uint64_t clock_entry_tsc;

/* Fixed point with 32 fraction bits. Immutable after arch_clock_init; 0 before: time stands still. */
extern uint64_t clock_ns_per_tick;

/* Lets this CPU's timer raise the alarm, as arch_clock_init does for the first one's. */
void clock_setup(void);

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
