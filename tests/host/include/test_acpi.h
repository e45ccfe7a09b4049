/* SPDX-License-Identifier: MIT */
/* Builds ACPI tables, right or wrong, and reads them: for the tests of the reader. */
#pragma once
#include "kernel/base/log.h"

#include <test.h>
#include <test_acpi_memory.h>

enum { TABLE_CHECKSUM = 9, ROOT = 0x10000, FIRST = 0x20000, STEP = 0x10000, DSDT = 0x900000 };

static unsigned warnings;

void log_write(enum j6_log_severity severity, const char *fmt, ...)
{
    (void)fmt;
    warnings += severity == j6_log_warning;
}

/* A table under construction. */
struct table {
    uint8_t bytes[16384];
    size_t len;
};

static struct table tables[8];
static size_t table_count;
static struct acpi_info info;

static inline int set_up(void **state)
{
    (void)state;
    memset(tables, 0, sizeof(tables));
    table_count = 0;
    memory_clear();
    return 0;
}

static inline void put(struct table *table, uint64_t value, size_t size)
{
    memcpy(table->bytes + table->len, &value, size);
    table->len += size;
}

/* Overwrites a field of `size` bytes. */
static inline void set(struct table *table, size_t at, uint64_t value, size_t size)
{
    memcpy(table->bytes + at, &value, size);
    table->len = table->len < at + size ? at + size : table->len;
}

static inline struct table *table_begin(const char *signature, size_t len)
{
    struct table *table = &tables[table_count++];
    memcpy(table->bytes, signature, 4);
    table->len = len;
    return table;
}

static inline void table_end(struct table *table, paddr_t address)
{
    set(table, 4, table->len, 4);
    checksum_set(table->bytes, table->len, TABLE_CHECKSUM);
    memory_add(address, table->bytes, table->len);
}

static inline paddr_t listed_address(const struct table *table)
{
    return FIRST + STEP * (paddr_t)(table - tables);
}

static inline void listed_end(struct table *table)
{
    table_end(table, listed_address(table));
}

/* Writes a root that lists all tables so far; entries of 4 or 8 bytes. */
static inline void root_put(paddr_t address, size_t entry_size)
{
    size_t count = table_count;
    struct table *root = table_begin(entry_size == 8 ? "XSDT" : "RSDT", 36);
    for (size_t i = 0; i < count; i++) {
        put(root, listed_address(&tables[i]), entry_size);
    }
    table_end(root, address);
}

static inline void rsdp_make(uint8_t rsdp[36], uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
    memset(rsdp, 0, 36);
    memcpy(rsdp, "RSD PTR ", 8);
    rsdp[15] = revision;
    memcpy(rsdp + 16, &rsdt, 4);
    checksum_set(rsdp, 20, 8);
    uint32_t len = 36;
    memcpy(rsdp + 20, &len, 4);
    memcpy(rsdp + 24, &xsdt, 8);
    checksum_set(rsdp, 36, 32);
}

static inline j6_status_t read_with(const uint8_t *rsdp, size_t len)
{
    uint8_t *exact = malloc(len + 1);
    memcpy(exact, rsdp, len);
    exact = realloc(exact, len > 0 ? len : 1);
    warnings = 0;
    memset(&info, 0xaa, sizeof(info));
    j6_status_t status = acpi_read(exact, len, memory_map, &info);
    free(exact);
    memory_unmap_all();
    return status;
}

/* Lists all tables in an XSDT and reads them. */
static inline void read_all(void)
{
    uint8_t rsdp[36];
    root_put(ROOT, 8);
    rsdp_make(rsdp, 2, 0, ROOT);
    assert_int_equal(read_with(rsdp, sizeof(rsdp)), j6_status_ok);
}
