/* SPDX-License-Identifier: MIT */
/*
 * Each CPU's local APIC. The I/O APICs between devices and CPUs are in ioapic.h.
 *
 * Rules: calls on the local APIC act on the CPU that makes them, with interrupts off.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct acpi_info;

/* Ends the interrupt in service; not for spurious ones. */
void apic_eoi(void);

uint32_t apic_id(void);

/* The highest id that apic_send reaches. */
uint32_t apic_id_max(void);

/* This CPU's local APIC as arch_apic_init found the first one's. */
void apic_setup(void);

/* What one CPU may send to another; with a vector, or for SIPI a page number, in the low byte. */
enum apic_message {
    APIC_SEND_FIXED = 0 << 8,
    APIC_SEND_NMI = 4 << 8,
    APIC_SEND_INIT = 5 << 8,
    APIC_SEND_START = 6 << 8,
};

/* Sends it; what this CPU stored before is seen by who gets it. */
void apic_send(uint32_t to, uint32_t message);

/*
 * Lets the timer raise VECTOR_TIMER: when its count has come down to 0, or, with `deadline`, when
 * the TSC reaches MSR_TSC_DEADLINE.
 */
void apic_timer_init(bool deadline);

/* Counts down once, at the timer's own frequency; 0 stops it. */
void apic_timer_start(uint32_t count);

/* What is left of the count. */
uint32_t apic_timer_count(void);
