/* SPDX-License-Identifier: MIT */
/* A physical memory of a few tables, and ACPI tables written into it, right or wrong. */
#pragma once
#include "arch/x86_64/acpi.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY_TABLES = 32, MEMORY_MAPS = 4096 };

static struct {
    paddr_t address;
    const uint8_t *bytes;
    size_t size;
} memory_tables[MEMORY_TABLES];
static size_t memory_table_count;

static void *memory_maps[MEMORY_MAPS];
static size_t memory_map_count;

/* `bytes` stay until memory_clear. */
static inline void memory_add(paddr_t address, const uint8_t *bytes, size_t size)
{
    memory_tables[memory_table_count].address = address;
    memory_tables[memory_table_count].bytes = bytes;
    memory_tables[memory_table_count].size = size;
    memory_table_count++;
}

/* For acpi_read: a copy of exactly these bytes, so that a sanitizer sees one read too many. */
static inline const void *memory_map(paddr_t address, size_t size)
{
    for (size_t i = 0; i < memory_table_count; i++) {
        paddr_t start = memory_tables[i].address;
        if (address >= start && address - start <= memory_tables[i].size &&
            size <= memory_tables[i].size - (address - start) && memory_map_count < MEMORY_MAPS) {
            void *copy = malloc(size);
            memcpy(copy, memory_tables[i].bytes + (address - start), size);
            memory_maps[memory_map_count++] = copy;
            return copy;
        }
    }
    return NULL;
}

static inline void memory_unmap_all(void)
{
    while (memory_map_count > 0) {
        free(memory_maps[--memory_map_count]);
    }
}

static inline void memory_clear(void)
{
    memory_unmap_all();
    memory_table_count = 0;
}

/* Sets the byte at `checksum` so that all `size` bytes add up to 0. */
static inline void checksum_set(uint8_t *bytes, size_t size, size_t checksum)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + (i == checksum ? 0 : bytes[i]));
    }
    bytes[checksum] = (uint8_t)-sum;
}
