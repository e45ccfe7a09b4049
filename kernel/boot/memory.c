/* SPDX-License-Identifier: MIT */
/*
 * Boot's bookkeeping of free memory: the available ranges less what is in use. The frame allocator's
 * own arrays are taken from the largest of them below 4 GiB.
 */
#include "kernel/boot/memory.h"
#include "arch/layout.h"
#include "arch/page_table.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "lib/string.h"
#include "mm/frame.h"

#define BOOT_REACH   (4ull << 30)
#define LOW_RESERVED 0x10000ull  /* address 0 means none; other CPUs begin there */
#define LOW_END      0x100000ull /* what real mode reaches */
#define MEMORY_MIN   (8ull << 20)

enum { LOW_PAGES_MAX = 5 };
enum { HOLES_MAX = BOOT_MODULES_MAX + 3 + LOW_PAGES_MAX, FREE_MAX = BOOT_RANGES_MAX + HOLES_MAX };

extern const char kernel_image_start[], kernel_image_end[], kernel_boot_end[];

static struct frame_range ranges[FREE_MAX]; /* memory that is free */
static size_t range_count;
static paddr_t low_pages[LOW_PAGES_MAX];
static size_t low_count;
static struct frame_range *taking; /* the range that take() shortens */

static void range_add(paddr_t start, paddr_t end)
{
    if (start < end) {
        assert(range_count < FREE_MAX);
        ranges[range_count++] = (struct frame_range){start, end};
    }
}

/* Takes [start, end) out of the ranges, page-rounded outward. */
static void range_cut(paddr_t start, paddr_t end)
{
    start = page_down(start);
    end = page_up(end);
    size_t count = range_count;
    for (size_t i = 0; i < count; i++) {
        struct frame_range *range = &ranges[i];
        if (start < range->end && end > range->start) {
            paddr_t old_end = range->end;
            range->end = start > range->start ? start : range->start;
            range_add(end, old_end);
        }
    }
}

/* What is memory: the allocator's arrays cover modules too, which come back to it later. */
static size_t memory_ranges(const struct boot_info *boot, struct frame_range *out)
{
    size_t count = 0;
    for (size_t i = 0; i < boot->range_count; i++) {
        if (boot->ranges[i].type == BOOT_RANGE_AVAILABLE) {
            out[count++] = (struct frame_range){boot->ranges[i].start, boot->ranges[i].end};
        }
    }
    return count;
}

static void *take(size_t bytes)
{
    paddr_t start = taking->start;
    uint64_t size = page_up(bytes);
    if (size > taking->end - start) {
        panic("not enough memory below 4 GiB to keep books of it");
    }
    taking->start += size;
    memset(phys_to_virt(start), 0, size);
    return phys_to_virt(start);
}

static struct frame_range *largest_low(void)
{
    struct frame_range *largest = NULL;
    for (size_t i = 0; i < range_count; i++) {
        struct frame_range *range = &ranges[i];
        if (range->end <= BOOT_REACH &&
            (largest == NULL || range->end - range->start > largest->end - largest->start)) {
            largest = range;
        }
    }
    return largest;
}

/* A range that crosses what boot's page tables reach becomes two. */
static void split_at_reach(void)
{
    size_t count = range_count;
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].start < BOOT_REACH && ranges[i].end > BOOT_REACH) {
            range_add(BOOT_REACH, ranges[i].end);
            ranges[i].end = BOOT_REACH;
        }
    }
}

static void add_ranges(bool low)
{
    for (size_t i = 0; i < range_count; i++) {
        if ((ranges[i].end <= BOOT_REACH) == low && ranges[i].start < ranges[i].end) {
            frame_add(ranges[i].start, ranges[i].end);
        }
    }
}

static bool is_in_module(const struct boot_info *boot, paddr_t page)
{
    for (size_t i = 0; i < boot->module_count; i++) {
        if (page < boot->modules[i].end && page + PAGE_SIZE > boot->modules[i].start) {
            return true;
        }
    }
    return false;
}

static bool is_available(const struct boot_info *boot, paddr_t page)
{
    for (size_t i = 0; i < boot->range_count; i++) {
        const struct boot_range *range = &boot->ranges[i];
        if (range->type == BOOT_RANGE_AVAILABLE && page >= range->start &&
            page + PAGE_SIZE <= range->end) {
            return !is_in_module(boot, page);
        }
    }
    return false;
}

/*
 * Pages where other CPUs can begin: below 64 KiB, which nobody else gets, as long as no module lies
 * there, else below 1 MiB. The first page is left alone: it belongs to the firmware, whatever the map
 * says.
 */
static void low_pages_take(const struct boot_info *boot)
{
    for (paddr_t page = PAGE_SIZE; page < LOW_END && low_count < LOW_PAGES_MAX; page += PAGE_SIZE) {
        if (is_available(boot, page)) {
            low_pages[low_count++] = page;
            range_cut(page, page + PAGE_SIZE);
        }
    }
}

const paddr_t *memory_low_pages(size_t count)
{
    return count <= low_count ? low_pages : NULL;
}

void memory_init_low(const struct boot_info *boot)
{
    static struct frame_range memory[BOOT_RANGES_MAX];
    size_t memory_count = memory_ranges(boot, memory);
    uint64_t total = 0;
    for (size_t i = 0; i < memory_count; i++) {
        range_add(memory[i].start, memory[i].end);
        total += memory[i].end - memory[i].start;
    }
    log_info("memory  %lu MiB available in %zu ranges", total >> 20, memory_count);
    if (total < MEMORY_MIN) {
        panic("%lu MiB of memory, at least %llu are needed", total >> 20, MEMORY_MIN >> 20);
    }
    range_cut(0, LOW_RESERVED);
    range_cut((paddr_t)kernel_image_start - KERNEL_BASE, (paddr_t)kernel_image_end - KERNEL_BASE);
    for (size_t i = 0; i < boot->module_count; i++) {
        range_cut(boot->modules[i].start, boot->modules[i].end);
    }
    low_pages_take(boot);
    split_at_reach();
    taking = largest_low();
    if (taking == NULL) {
        panic("no free memory below 4 GiB");
    }
    frame_init(memory, memory_count, take);
    add_ranges(true);
}

void memory_init_high(void)
{
    add_ranges(false);
}

void memory_free_boot(void)
{
    paging_forget_boot();
    frame_add((paddr_t)kernel_image_start - KERNEL_BASE, (paddr_t)kernel_boot_end - KERNEL_BASE);
}
