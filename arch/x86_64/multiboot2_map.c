/* SPDX-License-Identifier: MIT */
/*
 * The memory map of Multiboot2 (specification 2.0, section 3.6.8), made into sorted ranges that
 * don't overlap. The entries may come in any order and overlap in any way. There is no memory to
 * sort them in, so a sweep goes up the address space: at each address it asks all entries which
 * type holds here and where that next changes. Firmware has some twenty entries.
 */
#include "arch/x86_64/multiboot2_tags.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/base/log.h"
#include "lib/page.h"

enum { ENTRIES_MAX = 2048 }; /* more is damage; the sweep's cost grows with the square */

static enum boot_range_type range_type(uint32_t type)
{
    switch (type) {
    case MULTIBOOT2_MEMORY_AVAILABLE: return BOOT_RANGE_AVAILABLE;
    case MULTIBOOT2_MEMORY_ACPI_RECLAIMABLE: return BOOT_RANGE_ACPI_RECLAIMABLE;
    case MULTIBOOT2_MEMORY_NVS: return BOOT_RANGE_NVS;
    case MULTIBOOT2_MEMORY_BAD: return BOOT_RANGE_BAD;
    default: return BOOT_RANGE_RESERVED;
    }
}

static const struct multiboot2_memory_entry *entry_at(const struct multiboot2_memory_map *map,
                                                      uint32_t index)
{
    const uint8_t *entry = map->entries + (size_t)index * map->entry_size;
    return (const struct multiboot2_memory_entry *)entry;
}

/* Does it end at an address that exists? If not, available memory there is none. */
static bool entry_fits(const struct multiboot2_memory_entry *entry)
{
    return entry->start <= BOOT_PADDR_LIMIT && entry->len <= BOOT_PADDR_LIMIT - entry->start;
}

/* An entry in whole pages: available memory rounded inward, everything else outward. */
static struct boot_range entry_range(const struct multiboot2_memory_entry *entry)
{
    struct boot_range range = {.type = range_type(entry->type)};
    if (entry->len == 0) {
        return range;
    }
    bool available = range.type == BOOT_RANGE_AVAILABLE;
    if (entry_fits(entry)) {
        paddr_t end = entry->start + entry->len;
        range.start = available ? page_up(entry->start) : page_down(entry->start);
        range.end = available ? page_down(end) : page_up(end);
    } else if (!available) {
        range.start = page_down(entry->start);
        range.end = BOOT_PADDR_LIMIT;
    }
    return range;
}

/* What dropping a range loses. Nothing where it isn't memory: what no range covers isn't either. */
static unsigned range_worth(const struct boot_range *range)
{
    switch (range->type) {
    case BOOT_RANGE_AVAILABLE: return 1;
    case BOOT_RANGE_ACPI_RECLAIMABLE:
    case BOOT_RANGE_NVS: return 2;
    default: return 0;
    }
}

static bool worth_less(const struct boot_range *a, const struct boot_range *b)
{
    unsigned worth_a = range_worth(a);
    unsigned worth_b = range_worth(b);
    return worth_a != worth_b ? worth_a < worth_b : a->end - a->start < b->end - b->start;
}

/* Appends a range above all others. In a full table the one of least worth gives way. */
static void range_append(struct boot_info *out, struct boot_range range, uint32_t *dropped)
{
    struct boot_range *last = out->ranges + out->range_count;
    if (out->range_count > 0 && last[-1].end == range.start && last[-1].type == range.type) {
        last[-1].end = range.end;
        return;
    }
    if (out->range_count < BOOT_RANGES_MAX) {
        *last = range;
        out->range_count++;
        return;
    }
    ++*dropped;
    struct boot_range *least = &range;
    for (struct boot_range *other = out->ranges; other < last; other++) {
        if (worth_less(other, least)) {
            least = other;
        }
    }
    if (least != &range) {
        for (; least < last - 1; least++) {
            *least = least[1];
        }
        *least = range;
    }
}

static void sweep(const struct multiboot2_memory_map *map, uint32_t count, struct boot_info *out)
{
    uint32_t dropped = 0;
    paddr_t next;
    for (paddr_t at = 0; at < BOOT_PADDR_LIMIT; at = next) {
        struct boot_range piece = {.start = at};
        bool covered = false;
        next = BOOT_PADDR_LIMIT;
        for (uint32_t i = 0; i < count; i++) {
            struct boot_range range = entry_range(entry_at(map, i));
            if (range.start >= range.end || range.end <= at) {
                continue;
            }
            bool here = range.start <= at;
            paddr_t change = here ? range.end : range.start;
            next = change < next ? change : next;
            if (here && range.type >= piece.type) {
                piece.type = range.type;
                covered = true;
            }
        }
        piece.end = next;
        if (covered) {
            range_append(out, piece, &dropped);
        }
    }
    if (dropped > 0) {
        log_warning("multiboot2: %u memory ranges too many were left out", dropped);
    }
}

void multiboot2_read_memory_map(const struct multiboot2_memory_map *map, struct boot_info *out)
{
    if (map->entry_size < sizeof(struct multiboot2_memory_entry) || map->entry_size % 8 != 0) {
        log_warning("multiboot2: memory map with entries of %u bytes", map->entry_size);
        return;
    }
    uint32_t count = (map->tag.size - (uint32_t)sizeof(*map)) / map->entry_size;
    if (count > ENTRIES_MAX) {
        log_warning("multiboot2: only %u of %u memory map entries are read", ENTRIES_MAX, count);
        count = ENTRIES_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct multiboot2_memory_entry *entry = entry_at(map, i);
        if (!entry_fits(entry)) {
            log_warning("multiboot2: memory map entry %u, 0x%lx + 0x%lx, has no valid end", i,
                        entry->start, entry->len);
        }
    }
    sweep(map, count, out);
}
