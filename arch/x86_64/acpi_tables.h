/* SPDX-License-Identifier: MIT */
/*
 * Layout of the ACPI tables that we read, and their readers; only the files of the reader include
 * it. Section numbers are those of the ACPI specification 6.4. Packed: tables lie at any address.
 */
#pragma once
#include "arch/x86_64/acpi.h"
#include "kernel/base/assert.h"

/* 5.2.5.3 */
struct acpi_rsdp {
    char signature[8];
    uint8_t checksum; /* over the 20 bytes of revision 0 */
    char oem[6];
    uint8_t revision; /* 0: ends with rsdt */
    uint32_t rsdt;
    uint32_t len;
    uint64_t xsdt;
    uint8_t extended_checksum; /* over all */
    uint8_t reserved[3];
} __attribute__((packed));

/* 5.2.6 */
struct acpi_table {
    char signature[4];
    uint32_t len; /* with this head */
    uint8_t revision;
    uint8_t checksum;
    char oem[6];
    char oem_table[8];
    uint32_t oem_revision;
    uint32_t creator;
    uint32_t creator_revision;
} __attribute__((packed));

/* 5.2.3.2 */
struct acpi_address {
    uint8_t space; /* ACPI_SPACE_… */
    uint8_t bits;
    uint8_t bit_offset;
    uint8_t access;
    uint64_t address;
} __attribute__((packed));

enum { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1 };

/* 5.2.9, "FACP", as far as we need it */
struct acpi_fadt {
    struct acpi_table head;
    uint32_t facs;
    uint32_t dsdt;
    uint8_t reserved_1[2];
    uint16_t sci;
    uint32_t smi_command;
    uint8_t acpi_enable;
    uint8_t reserved_2[11];
    uint32_t pm1a_control;
    uint32_t pm1b_control;
    uint32_t pm2_control;
    uint32_t pm_timer;
    uint8_t reserved_3[32];
    uint32_t flags; /* ACPI_FADT_… */
    struct acpi_address reset;
    uint8_t reset_value;
    uint8_t reserved_4[3];
    uint64_t x_facs; /* from here on revision 2; where not 0 instead of the short ones */
    uint64_t x_dsdt;
    struct acpi_address x_pm1a_event;
    struct acpi_address x_pm1b_event;
    struct acpi_address x_pm1a_control;
    struct acpi_address x_pm1b_control;
    struct acpi_address x_pm2_control;
    struct acpi_address x_pm_timer;
} __attribute__((packed));

enum { ACPI_FADT_TIMER_32 = 1 << 8, ACPI_FADT_HAS_RESET = 1 << 10 };

/* 5.2.12, "APIC"; entries follow */
struct acpi_madt {
    struct acpi_table head;
    uint32_t local_apic;
    uint32_t flags; /* bit 0: there are two 8259s */
} __attribute__((packed));

/* IA-PC HPET specification 1.0a, section 3.2.4, "HPET" */
struct acpi_hpet {
    struct acpi_table head;
    uint32_t block_id;
    struct acpi_address address;
    uint8_t number;
    uint16_t min_tick;
    uint8_t attributes;
} __attribute__((packed));

/* PCI Firmware specification 3.0, section 4.1.2, "MCFG"; entries follow */
struct acpi_mcfg {
    struct acpi_table head;
    uint8_t reserved[8];
} __attribute__((packed));

struct acpi_mcfg_entry {
    uint64_t address;
    uint16_t segment;
    uint8_t first_bus;
    uint8_t last_bus;
    uint32_t reserved;
} __attribute__((packed));

static_assert(sizeof(struct acpi_rsdp) == 36, "5.2.5.3");
static_assert(sizeof(struct acpi_table) == 36, "5.2.6");
static_assert(sizeof(struct acpi_address) == 12, "5.2.3.2");
static_assert(offsetof(struct acpi_fadt, pm1a_control) == 64, "table 5.33");
static_assert(offsetof(struct acpi_fadt, flags) == 112, "table 5.33");
static_assert(offsetof(struct acpi_fadt, x_dsdt) == 140, "table 5.33");
static_assert(offsetof(struct acpi_fadt, x_pm_timer) == 208, "table 5.33");
static_assert(sizeof(struct acpi_madt) == 44, "table 5.43");
static_assert(sizeof(struct acpi_hpet) == 56, "3.2.4");
static_assert(sizeof(struct acpi_mcfg) == 44, "4.1.2");

/*
 * Each takes a table of its kind, all of whose head->len bytes can be read, and which is at least
 * as long as the struct (the FADT: as in ACPI 1.0, up to and with its flags).
 */
void acpi_read_madt(const struct acpi_table *table, struct acpi_info *out);
void acpi_read_fadt(const struct acpi_table *table, struct acpi_info *out, paddr_t *out_dsdt);

/* Looks in a DSDT for the sleep types of S5. */
void acpi_read_s5(const struct acpi_table *dsdt, struct acpi_power *out);
