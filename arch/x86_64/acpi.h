/* SPDX-License-Identifier: MIT */
/*
 * What the static ACPI tables (specification 6.4) tell about the machine: CPUs, interrupt
 * controllers, timers, PCI configuration space, and how to switch it off. Pure: it reads through
 * the given function alone. A table that is damaged is left out with a warning; what the tables
 * don't tell is 0.
 */
#pragma once
#include <j6/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/types.h"

enum {
    ACPI_CPUS_MAX = 256,
    ACPI_IOAPICS_MAX = 16,
    ACPI_OVERRIDES_MAX = 24,
    ACPI_NMIS_MAX = 16,
    ACPI_SEGMENTS_MAX = 16,
};

#define ACPI_ALL_CPUS 0xffffffff

struct acpi_cpu {
    uint32_t apic_id;
    uint32_t uid; /* by which other tables name it */
};

struct acpi_ioapic {
    paddr_t address;
    uint32_t id;
    uint32_t first_gsi; /* the global system interrupt of its line 0 */
};

struct acpi_trigger {
    bool active_low;
    bool level;
};

/* A line of the PC's old interrupt controllers that isn't the GSI of its number, high and edge. */
struct acpi_override {
    uint32_t gsi;
    uint8_t isa_irq;
    struct acpi_trigger trigger;
};

/* An NMI wired to LINT0 or LINT1 of local APICs. */
struct acpi_local_nmi {
    uint32_t uid; /* of the CPU, or ACPI_ALL_CPUS */
    uint8_t lint;
    struct acpi_trigger trigger;
};

/* An NMI that comes through an I/O APIC. */
struct acpi_nmi {
    uint32_t gsi;
    struct acpi_trigger trigger;
};

/* Memory-mapped configuration space of some buses. */
struct acpi_segment {
    paddr_t address; /* of bus 0, even when the first bus isn't that */
    uint16_t number;
    uint8_t first_bus;
    uint8_t last_bus;
};

struct acpi_power {
    uint16_t pm1a_control; /* I/O ports; 0: none */
    uint16_t pm1b_control;
    uint16_t pm_timer;
    uint16_t smi_command;
    uint8_t acpi_enable; /* the value to write there when bit 0 of PM1 control is clear */
    bool pm_timer_32;    /* counts 32 bits instead of 24 */
    bool s5_known;
    uint8_t s5_a; /* SLP_TYP for PM1a and PM1b that switch the machine off */
    uint8_t s5_b;

    bool reset_known;
    bool reset_in_memory; /* the address is physical, else a port */
    uint8_t reset_value;
    uint64_t reset_address;
};

struct acpi_info {
    paddr_t local_apic;
    bool has_pics; /* two 8259s, to be masked */

    uint32_t cpu_count; /* those that are enabled */
    uint32_t ioapic_count;
    uint32_t override_count;
    uint32_t local_nmi_count;
    uint32_t nmi_count;
    uint32_t segment_count;
    struct acpi_cpu cpus[ACPI_CPUS_MAX];
    struct acpi_ioapic ioapics[ACPI_IOAPICS_MAX];
    struct acpi_override overrides[ACPI_OVERRIDES_MAX];
    struct acpi_local_nmi local_nmis[ACPI_NMIS_MAX];
    struct acpi_nmi nmis[ACPI_NMIS_MAX];
    struct acpi_segment segments[ACPI_SEGMENTS_MAX];

    paddr_t hpet; /* address of its registers */
    struct acpi_power power;
};

/*
 * Reads all tables. `rsdp` are `len` bytes of the root pointer, old or new. `map` gives `size`
 * readable bytes at a physical address, until acpi_read returns, or NULL where there is no such
 * memory. Fails with j6_err_not_found when there is no valid root; *out is always written.
 */
J6_MUST_USE j6_status_t acpi_read(const void *rsdp, size_t len,
                                  const void *(*map)(paddr_t address, size_t size),
                                  struct acpi_info *out);
