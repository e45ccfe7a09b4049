/* SPDX-License-Identifier: MIT */
/*
 * The map in a CPU's TSS is a cache of a table's ranges: it keeps them when another table is loaded, and
 * only the base says that it doesn't count. So a driver that takes turns with processes without ports
 * costs a store each time; filling in is for two drivers that take turns, and for changes.
 */
#include "arch/x86_64/io_ports.h"
#include "arch/io_ports.h"
#include "arch/page_table.h"
#include "arch/x86_64/tss.h"
#include "kernel/base/assert.h"
#include "kernel/base/spinlock.h"

/* Guards the ranges of all tables, and this. */
static struct spinlock ranges_lock = SPINLOCK_INIT(RANK_IO_PORTS);
static uint64_t last_version;

/* What the map of this CPU holds. */
struct io_map {
    uint64_t version; /* 0: it was never filled in */
    uint32_t first;   /* ports outside of [first, end) aren't allowed … */
    uint32_t end;
};
static PER_CPU(struct io_map, io_map);

/* Relaxed: the ranges are read under the lock; as to who sees the version when, see page_table_load.c. */
static void changed_locked(struct page_table *table)
{
    uint64_t version = table->io_ranges != NULL ? ++last_version : 0;
    atomic_store_explicit(&table->io_version, version, memory_order_relaxed);
}

void io_ports_add(struct page_table *table, struct io_range *range)
{
    assert(range->count != 0 && range->first + range->count <= IO_PORTS);
    spinlock_lock(&ranges_lock);
    range->next = table->io_ranges;
    table->io_ranges = range;
    changed_locked(table);
    spinlock_unlock(&ranges_lock);
}

void io_ports_remove(struct page_table *table, struct io_range *range)
{
    spinlock_lock(&ranges_lock);
    struct io_range **link = &table->io_ranges;
    while (*link != range) {
        link = &(*link)->next;
    }
    *link = range->next;
    changed_locked(table);
    spinlock_unlock(&ranges_lock);
}

static void map_clear(struct tss *task, struct io_map *map)
{
    if (map->version == 0) {
        bitmap_set_range(task->io_map, 0, IO_PORTS);
    } else {
        bitmap_set_range(task->io_map, map->first, map->end - map->first);
    }
    map->first = IO_PORTS;
    map->end = 0;
}

static void map_fill_locked(struct tss *task, struct io_map *map, const struct page_table *table)
{
    map_clear(task, map);
    for (const struct io_range *range = table->io_ranges; range != NULL; range = range->next) {
        uint32_t end = range->first + range->count;
        bitmap_clear_range(task->io_map, range->first, range->count);
        map->first = range->first < map->first ? range->first : map->first;
        map->end = end > map->end ? end : map->end;
    }
}

/* Another change may have come, or gone, by now: what counts is what there is under the lock. */
static uint64_t map_update(struct tss *task, struct io_map *map, const struct page_table *table)
{
    spinlock_lock(&ranges_lock);
    uint64_t version = atomic_load_explicit(&table->io_version, memory_order_relaxed);
    if (version != 0) {
        map_fill_locked(task, map, table);
        map->version = version;
    }
    spinlock_unlock(&ranges_lock);
    return version;
}

uint64_t io_ports_open(struct page_table *table)
{
    struct tss *task = this_cpu(tss);
    struct io_map *map = this_cpu(io_map);
    uint64_t version = atomic_load_explicit(&table->io_version, memory_order_relaxed);
    if (version != 0 && version != map->version) {
        version = map_update(task, map, table);
    }
    task->io_map_base = version != 0 ? TSS_IO_MAP : TSS_NO_IO_MAP;
    return version;
}
