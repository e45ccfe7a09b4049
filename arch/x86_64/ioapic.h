/* SPDX-License-Identifier: MIT */
/*
 * The I/O APICs, which take the lines of devices and send interrupts to CPUs.
 *
 * Rules: a line is known by its global system interrupt. Any lock may be held.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct acpi_info;

/* The low half of a line's register (Intel 82093AA data sheet, §3.2.4), besides the vector. */
enum {
    IOAPIC_ACTIVE_LOW = 1 << 13,
    IOAPIC_LEVEL = 1 << 15,
    IOAPIC_MASKED = 1 << 16,
};

enum { IOAPIC_APIC_ID_MAX = 254 }; /* that a line can be sent to: 8 bits, and 255 is everybody */

/* Finds them, and masks every line of each. */
void ioapic_init(const struct acpi_info *acpi);

/* Has one of them that line? */
bool ioapic_has(uint32_t gsi);

/* Writes the halves of the line's register: vector and flags, and who gets it. The line exists. */
void ioapic_set(uint32_t gsi, uint32_t low);
void ioapic_send_to(uint32_t gsi, uint32_t apic_id);
