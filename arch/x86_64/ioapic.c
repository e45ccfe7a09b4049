/* SPDX-License-Identifier: MIT */
/*
 * The I/O APICs (Intel 82093AA data sheet, §3). Firmware may leave lines open; all are masked until
 * somebody owns them.
 */
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "kernel/base/log.h"
#include "lib/page.h"

/* Registers, reached by writing their number at word 0 and using word 4. */
enum {
    IOAPIC_SELECT = 0,
    IOAPIC_WINDOW = 4,
    IOAPIC_VERSION = 0x01, /* bits 23 to 16: the number of the last line */
    IOAPIC_LINE = 0x10,    /* two for each line, the low one first */
};

enum { LINE_MASKED = 1 << 16, IOAPIC_SIZE = 0x20 };

#define IOAPIC_DEFAULT 0xfec00000ull /* data sheet, §3.0 */
#define ABSENT         0xffffffffu   /* what nobody answers reads as */

static uint32_t ioapic_read(volatile uint32_t *window, uint32_t reg)
{
    window[IOAPIC_SELECT] = reg;
    return window[IOAPIC_WINDOW];
}

static void ioapic_write(volatile uint32_t *window, uint32_t reg, uint32_t value)
{
    window[IOAPIC_SELECT] = reg;
    window[IOAPIC_WINDOW] = value;
}

static void ioapic_mask(const struct acpi_ioapic *ioapic)
{
    paddr_t page = page_down(ioapic->address);
    upcall_device_reserve(page, page + PAGE_SIZE);
    volatile uint32_t *window = device_map(ioapic->address, IOAPIC_SIZE);
    uint32_t version = window != NULL ? ioapic_read(window, IOAPIC_VERSION) : ABSENT;
    if (version == ABSENT) {
        log_warning("ioapic: none at 0x%lx, though ACPI says so", ioapic->address);
        return;
    }
    uint32_t lines = (version >> 16 & 0xff) + 1;
    for (uint32_t line = 0; line < lines; line++) {
        ioapic_write(window, IOAPIC_LINE + 2 * line, LINE_MASKED);
        ioapic_write(window, IOAPIC_LINE + 2 * line + 1, 0);
    }
    log_info("ioapic  id %u, lines %u to %u, all masked", ioapic->id, ioapic->first_gsi,
             ioapic->first_gsi + lines - 1);
}

/* The first one lies at the same place on every PC, also where no table says so. */
void ioapic_init(const struct acpi_info *acpi)
{
    upcall_device_reserve(IOAPIC_DEFAULT, IOAPIC_DEFAULT + PAGE_SIZE);
    for (uint32_t i = 0; i < acpi->ioapic_count; i++) {
        ioapic_mask(&acpi->ioapics[i]);
    }
}
