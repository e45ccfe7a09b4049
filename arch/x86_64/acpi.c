/* SPDX-License-Identifier: MIT */
/*
 * From the root pointer to the tables (ACPI 6.4, 5.2.5 to 5.2.8). Every table is checked as a whole
 * (mapped, long enough, checksum) before its reader sees it.
 */
#include "arch/x86_64/acpi.h"

#include "arch/x86_64/acpi_tables.h"
#include "kernel/base/log.h"
#include "lib/string.h"

enum {
    RSDP_OLD_SIZE = 20,
    TABLE_LEN_MAX = 16 << 20, /* no table is near that: it is damage */
};

struct reader {
    const void *(*map)(paddr_t address, size_t size);
    struct acpi_info *out;
    paddr_t dsdt;
    uint32_t seen; /* a bit for each of the readers below that has had its table */
};

static uint8_t sum(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint8_t total = 0;
    for (size_t i = 0; i < len; i++) {
        total = (uint8_t)(total + at[i]);
    }
    return total;
}

/* A whole and healthy table, or NULL. `signature` NULL takes every one. */
static const struct acpi_table *find_table(struct reader *reader, paddr_t address,
                                           const char *signature)
{
    const struct acpi_table *table = reader->map(address, sizeof(*table));
    if (table == NULL) {
        log_warning("acpi: no memory at 0x%lx, where a table should be", address);
        return NULL;
    }
    uint32_t len = table->len;
    if (signature != NULL && memcmp(table->signature, signature, 4) != 0) {
        log_warning("acpi: table %.4s at 0x%lx instead of %s", table->signature, address,
                    signature);
        return NULL;
    }
    if (len < sizeof(*table) || len > TABLE_LEN_MAX ||
        (table = reader->map(address, len)) == NULL) {
        log_warning("acpi: table at 0x%lx has a length of %u", address, len);
        return NULL;
    }
    if (sum(table, len) != 0) {
        log_warning("acpi: table %.4s at 0x%lx has a wrong checksum", table->signature, address);
        return NULL;
    }
    return table;
}

static void read_fadt(const struct acpi_table *table, struct reader *reader)
{
    acpi_read_fadt(table, reader->out, &reader->dsdt);
}

static void read_madt(const struct acpi_table *table, struct reader *reader)
{
    acpi_read_madt(table, reader->out);
}

static void read_hpet(const struct acpi_table *table, struct reader *reader)
{
    const struct acpi_hpet *hpet = (const void *)table;
    if (hpet->address.space == ACPI_SPACE_MEMORY) {
        reader->out->hpet = hpet->address.address;
    }
}

static void read_mcfg(const struct acpi_table *table, struct reader *reader)
{
    struct acpi_info *out = reader->out;
    const struct acpi_mcfg_entry *entry =
        (const void *)((const uint8_t *)table + sizeof(struct acpi_mcfg));
    size_t count = (table->len - sizeof(struct acpi_mcfg)) / sizeof(*entry);
    for (; count > 0 && out->segment_count < ACPI_SEGMENTS_MAX; count--, entry++) {
        if (entry->first_bus <= entry->last_bus) {
            out->segments[out->segment_count++] = (struct acpi_segment){
                entry->address, entry->segment, entry->first_bus, entry->last_bus};
        }
    }
    if (count > 0) {
        log_warning("acpi: %zu PCI segments too many", count);
    }
}

static const struct {
    char signature[4];
    uint32_t min_len;
    void (*read)(const struct acpi_table *table, struct reader *reader);
} readers[] = {
    {{'F', 'A', 'C', 'P'}, offsetof(struct acpi_fadt, reset), read_fadt},
    {{'A', 'P', 'I', 'C'}, sizeof(struct acpi_madt), read_madt},
    {{'H', 'P', 'E', 'T'}, sizeof(struct acpi_hpet), read_hpet},
    {{'M', 'C', 'F', 'G'}, sizeof(struct acpi_mcfg), read_mcfg},
};

static void read_table(struct reader *reader, paddr_t address)
{
    const struct acpi_table *table = reader->map(address, sizeof(*table));
    for (uint32_t i = 0; table != NULL && i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (memcmp(table->signature, readers[i].signature, 4) != 0) {
            continue;
        }
        table = find_table(reader, address, NULL);
        if (table == NULL) {
            return;
        }
        if (table->len < readers[i].min_len || (reader->seen & 1u << i) != 0) {
            log_warning("acpi: table %.4s at 0x%lx is too short, or not the first one",
                        table->signature, address);
            return;
        }
        reader->seen |= 1u << i;
        readers[i].read(table, reader);
        return;
    }
}

/* Reads the tables that a root lists, by addresses of 4 or 8 bytes; false without a good root. */
static bool read_root(struct reader *reader, paddr_t address, const char *signature,
                      size_t address_size)
{
    const struct acpi_table *root = find_table(reader, address, signature);
    if (root == NULL) {
        return false;
    }
    const uint8_t *entries = (const uint8_t *)(root + 1);
    size_t count = (root->len - sizeof(*root)) / address_size;
    for (size_t i = 0; i < count; i++) {
        paddr_t table = 0;
        memcpy(&table, entries + i * address_size, address_size);
        read_table(reader, table);
    }
    return true;
}

static bool read_rsdp(struct reader *reader, const void *bytes, size_t len)
{
    struct acpi_rsdp rsdp = {0};
    memcpy(&rsdp, bytes, len < sizeof(rsdp) ? len : sizeof(rsdp));
    if (len < RSDP_OLD_SIZE || memcmp(rsdp.signature, "RSD PTR ", 8) != 0 ||
        sum(&rsdp, RSDP_OLD_SIZE) != 0) {
        log_warning("acpi: the root pointer is damaged");
        return false;
    }
    bool extended = rsdp.revision >= 2 && len >= sizeof(rsdp) && sum(&rsdp, sizeof(rsdp)) == 0;
    if (extended && rsdp.xsdt != 0 && read_root(reader, rsdp.xsdt, "XSDT", 8)) {
        return true;
    }
    return rsdp.rsdt != 0 && read_root(reader, rsdp.rsdt, "RSDT", 4);
}

j6_status_t acpi_read(const void *rsdp, size_t len,
                      const void *(*map)(paddr_t address, size_t size), struct acpi_info *out)
{
    struct reader reader = {.map = map, .out = out};
    memset(out, 0, sizeof(*out));
    if (!read_rsdp(&reader, rsdp, len)) {
        return j6_err_not_found;
    }
    const struct acpi_table *dsdt = NULL;
    if (reader.dsdt != 0) {
        dsdt = find_table(&reader, reader.dsdt, "DSDT");
    }
    if (dsdt != NULL) {
        acpi_read_s5(dsdt, &out->power);
    }
    return j6_status_ok;
}
