/* SPDX-License-Identifier: MIT */
/* The MADT (ACPI 6.4, 5.2.12): CPUs, I/O APICs and how interrupts are wired. */
#include "arch/x86_64/acpi_tables.h"

#include "kernel/base/log.h"

enum {
    ENTRY_LOCAL_APIC = 0,
    ENTRY_IOAPIC = 1,
    ENTRY_OVERRIDE = 2,
    ENTRY_NMI = 3,
    ENTRY_LOCAL_NMI = 4,
    ENTRY_LOCAL_APIC_ADDRESS = 5,
    ENTRY_X2APIC = 9,
    ENTRY_X2APIC_NMI = 10,
};

enum { CPU_ENABLED = 1 << 0, MADT_HAS_PICS = 1 << 0 };

struct entry {
    uint8_t type;
    uint8_t len; /* with these two bytes */
} __attribute__((packed));

/* 5.2.12.2 */
struct local_apic {
    struct entry head;
    uint8_t uid;
    uint8_t apic_id;
    uint32_t flags;
} __attribute__((packed));

/* 5.2.12.3 */
struct ioapic {
    struct entry head;
    uint8_t id;
    uint8_t reserved;
    uint32_t address;
    uint32_t first_gsi;
} __attribute__((packed));

/* 5.2.12.5 */
struct override {
    struct entry head;
    uint8_t bus; /* 0: ISA */
    uint8_t irq;
    uint32_t gsi;
    uint16_t trigger;
} __attribute__((packed));

/* 5.2.12.6 */
struct nmi {
    struct entry head;
    uint16_t trigger;
    uint32_t gsi;
} __attribute__((packed));

/* 5.2.12.7 */
struct local_nmi {
    struct entry head;
    uint8_t uid; /* 0xff: all */
    uint16_t trigger;
    uint8_t lint;
} __attribute__((packed));

/* 5.2.12.8 */
struct local_apic_address {
    struct entry head;
    uint16_t reserved;
    uint64_t address;
} __attribute__((packed));

/* 5.2.12.12 */
struct x2apic {
    struct entry head;
    uint16_t reserved;
    uint32_t apic_id;
    uint32_t flags;
    uint32_t uid;
} __attribute__((packed));

/* 5.2.12.13 */
struct x2apic_nmi {
    struct entry head;
    uint16_t trigger;
    uint32_t uid; /* all ones: all */
    uint8_t lint;
    uint8_t reserved[3];
} __attribute__((packed));

/* True while a list has room; else its entry is counted as left out. */
static bool has_room(uint32_t count, uint32_t max, uint32_t *left_out)
{
    if (count == max) {
        ++*left_out;
    }
    return count < max;
}

/* Table 5.52. Two bits each; 0 is what the bus has, and ISA has active high and edge. */
static struct acpi_trigger trigger(uint16_t flags)
{
    return (struct acpi_trigger){
        .active_low = (flags & 3) == 3,
        .level = (flags >> 2 & 3) == 3,
    };
}

/* Firmware may list one CPU as local APIC and as x2APIC: it counts once. */
static void add_cpu(struct acpi_info *out, uint32_t apic_id, uint32_t uid, uint32_t flags,
                    uint32_t *left_out)
{
    if ((flags & CPU_ENABLED) == 0) {
        return;
    }
    for (uint32_t i = 0; i < out->cpu_count; i++) {
        if (out->cpus[i].apic_id == apic_id) {
            return;
        }
    }
    if (has_room(out->cpu_count, ACPI_CPUS_MAX, left_out)) {
        out->cpus[out->cpu_count++] = (struct acpi_cpu){apic_id, uid};
    }
}

static void add_local_nmi(struct acpi_info *out, uint32_t uid, uint8_t lint, uint16_t flags,
                          uint32_t *left_out)
{
    if (has_room(out->local_nmi_count, ACPI_NMIS_MAX, left_out)) {
        out->local_nmis[out->local_nmi_count++] =
            (struct acpi_local_nmi){uid, lint, trigger(flags)};
    }
}

static void read_local_apic(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct local_apic *from = (const void *)entry;
    add_cpu(out, from->apic_id, from->uid, from->flags, left_out);
}

static void read_x2apic(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct x2apic *from = (const void *)entry;
    add_cpu(out, from->apic_id, from->uid, from->flags, left_out);
}

static void read_ioapic(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct ioapic *from = (const void *)entry;
    if (has_room(out->ioapic_count, ACPI_IOAPICS_MAX, left_out)) {
        out->ioapics[out->ioapic_count++] =
            (struct acpi_ioapic){from->address, from->id, from->first_gsi};
    }
}

static void read_override(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct override *from = (const void *)entry;
    if (from->bus == 0 && has_room(out->override_count, ACPI_OVERRIDES_MAX, left_out)) {
        out->overrides[out->override_count++] =
            (struct acpi_override){from->gsi, from->irq, trigger(from->trigger)};
    }
}

static void read_nmi(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct nmi *from = (const void *)entry;
    if (has_room(out->nmi_count, ACPI_NMIS_MAX, left_out)) {
        out->nmis[out->nmi_count++] = (struct acpi_nmi){from->gsi, trigger(from->trigger)};
    }
}

static void read_local_nmi(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct local_nmi *from = (const void *)entry;
    uint32_t uid = from->uid == 0xff ? ACPI_ALL_CPUS : from->uid;
    add_local_nmi(out, uid, from->lint, from->trigger, left_out);
}

static void read_x2apic_nmi(const struct entry *entry, struct acpi_info *out, uint32_t *left_out)
{
    const struct x2apic_nmi *from = (const void *)entry;
    add_local_nmi(out, from->uid, from->lint, from->trigger, left_out);
}

static void read_local_apic_address(const struct entry *entry, struct acpi_info *out,
                                    uint32_t *left_out)
{
    (void)left_out;
    const struct local_apic_address *from = (const void *)entry;
    out->local_apic = from->address;
}

static const struct entry_reader {
    uint32_t min_len;
    void (*read)(const struct entry *entry, struct acpi_info *out, uint32_t *left_out);
} readers[] = {
    [ENTRY_LOCAL_APIC] = {sizeof(struct local_apic), read_local_apic},
    [ENTRY_IOAPIC] = {sizeof(struct ioapic), read_ioapic},
    [ENTRY_OVERRIDE] = {sizeof(struct override), read_override},
    [ENTRY_NMI] = {sizeof(struct nmi), read_nmi},
    [ENTRY_LOCAL_NMI] = {sizeof(struct local_nmi), read_local_nmi},
    [ENTRY_LOCAL_APIC_ADDRESS] = {sizeof(struct local_apic_address), read_local_apic_address},
    [ENTRY_X2APIC] = {sizeof(struct x2apic), read_x2apic},
    [ENTRY_X2APIC_NMI] = {sizeof(struct x2apic_nmi), read_x2apic_nmi},
};

void acpi_read_madt(const struct acpi_table *table, struct acpi_info *out)
{
    const struct acpi_madt *madt = (const void *)table;
    out->local_apic = madt->local_apic;
    out->has_pics = (madt->flags & MADT_HAS_PICS) != 0;

    const uint8_t *at = (const uint8_t *)table + sizeof(*madt);
    const uint8_t *end = (const uint8_t *)table + table->len;
    uint32_t left_out = 0;
    while (end - at >= (ptrdiff_t)sizeof(struct entry)) {
        const struct entry *entry = (const void *)at;
        if (entry->len < sizeof(*entry) || entry->len > end - at) {
            log_warning("acpi: MADT entry of type %u has %u bytes where %zu are left", entry->type,
                        entry->len, (size_t)(end - at));
            break;
        }
        if (entry->type < sizeof(readers) / sizeof(readers[0]) &&
            readers[entry->type].read != NULL) {
            const struct entry_reader *reader = &readers[entry->type];
            if (entry->len >= reader->min_len) {
                reader->read(entry, out, &left_out);
            } else {
                left_out++;
            }
        }
        at += entry->len;
    }
    if (left_out > 0) {
        log_warning("acpi: %u entries of the MADT were left out: too many, or too short", left_out);
    }
}
