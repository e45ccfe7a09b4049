/* SPDX-License-Identifier: MIT */
/*
 * The I/O APICs (Intel 82093AA data sheet, §3). Firmware may leave lines open; all are masked until
 * somebody owns them. A register is reached by writing its number before, so one CPU at a time does it.
 */
#include "arch/x86_64/ioapic.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/spinlock.h"
#include "lib/page.h"

/* Registers, reached by writing their number at word 0 and using word 4. */
enum {
    IOAPIC_SELECT = 0,
    IOAPIC_WINDOW = 4,
    IOAPIC_VERSION = 0x01, /* bits 23 to 16: the number of the last line */
    IOAPIC_LINE = 0x10,    /* two for each line, the low one first */
};

enum { IOAPIC_SIZE = 0x20, APIC_ID_SHIFT = 24 };

#define IOAPIC_DEFAULT 0xfec00000ull /* data sheet, §3.0 */
#define ABSENT         0xffffffffu   /* what nobody answers reads as */

/* Immutable after ioapic_init, but for what the windows show. */
struct ioapic {
    volatile uint32_t *window;
    uint32_t first_gsi;
    uint32_t lines;
};
static struct ioapic ioapics[ACPI_IOAPICS_MAX];
static uint32_t ioapic_count;

static struct spinlock windows_lock = SPINLOCK_INIT(RANK_IRQ_ROUTES);

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

static void ioapic_mask_all(const struct ioapic *ioapic)
{
    for (uint32_t line = 0; line < ioapic->lines; line++) {
        ioapic_write(ioapic->window, IOAPIC_LINE + 2 * line, IOAPIC_MASKED);
        ioapic_write(ioapic->window, IOAPIC_LINE + 2 * line + 1, 0);
    }
}

static void ioapic_add(const struct acpi_ioapic *from)
{
    paddr_t page = page_down(from->address);
    upcall_device_reserve(page, page + PAGE_SIZE);
    volatile uint32_t *window = device_map(from->address, IOAPIC_SIZE);
    uint32_t version = window != NULL ? ioapic_read(window, IOAPIC_VERSION) : ABSENT;
    if (version == ABSENT) {
        log_warning("ioapic: none at 0x%lx, though ACPI says so", from->address);
        return;
    }
    struct ioapic *ioapic = &ioapics[ioapic_count++];
    *ioapic = (struct ioapic){window, from->first_gsi, (version >> 16 & 0xff) + 1};
    ioapic_mask_all(ioapic);
    log_info("ioapic  id %u, lines %u to %u, all masked", from->id, ioapic->first_gsi,
             ioapic->first_gsi + ioapic->lines - 1);
}

/* The first one lies at the same place on every PC, also where no table says so. */
void ioapic_init(const struct acpi_info *acpi)
{
    upcall_device_reserve(IOAPIC_DEFAULT, IOAPIC_DEFAULT + PAGE_SIZE);
    for (uint32_t i = 0; i < acpi->ioapic_count; i++) {
        ioapic_add(&acpi->ioapics[i]);
    }
}

static const struct ioapic *ioapic_of(uint32_t gsi)
{
    for (uint32_t i = 0; i < ioapic_count; i++) {
        if (gsi >= ioapics[i].first_gsi && gsi - ioapics[i].first_gsi < ioapics[i].lines) {
            return &ioapics[i];
        }
    }
    return NULL;
}

bool ioapic_has(uint32_t gsi)
{
    return ioapic_of(gsi) != NULL;
}

static void line_write(uint32_t gsi, uint32_t half, uint32_t value)
{
    const struct ioapic *ioapic = ioapic_of(gsi);
    assert(ioapic != NULL);
    spinlock_lock(&windows_lock);
    ioapic_write(ioapic->window, IOAPIC_LINE + 2 * (gsi - ioapic->first_gsi) + half, value);
    spinlock_unlock(&windows_lock);
}

void ioapic_set(uint32_t gsi, uint32_t low)
{
    line_write(gsi, 0, low);
}

void ioapic_send_to(uint32_t gsi, uint32_t apic_id)
{
    assert(apic_id <= IOAPIC_APIC_ID_MAX);
    line_write(gsi, 1, apic_id << APIC_ID_SHIFT);
}
