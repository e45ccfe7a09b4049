/* SPDX-License-Identifier: MIT */
/*
 * The kernel's final address space: image with exact permissions, offset map, and a first table for
 * every region, so that no space's copy of the root ever goes stale. Nothing is writable and
 * executable.
 */
#include "arch/boot_info.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/mtrr.h"
#include "arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "lib/page.h"
#include "lib/string.h"

extern const char kernel_image_start[], kernel_boot_end[];
extern const char kernel_text_start[], kernel_text_end[], kernel_rodata_end[], kernel_data_end[];

uint32_t page_memory_caching = PAGE_WRITE_BACK;

static void must(j6_status_t status)
{
    if (status != j6_status_ok) {
        panic("no memory for the kernel's page tables");
    }
}

static void map_image(const char *start, const char *end, uint32_t flags)
{
    for (vaddr_t at = (vaddr_t)start; at < (vaddr_t)end; at += PAGE_SIZE) {
        must(page_table_set(&kernel_page_table, at, at - KERNEL_BASE,
                            page_bits(flags | page_memory_caching | PAGE_GLOBAL), NULL));
    }
}

/* The largest page that may map `address`: all of it in the range and of one MTRR type. */
static unsigned level_for(paddr_t address, paddr_t end)
{
    for (unsigned level = cpu_features.pages_1g ? 2 : 1; level > 0; level--) {
        uint64_t size = page_span(level);
        if ((address & (size - 1)) == 0 && end - address >= size && mtrr_uniform(address, size)) {
            return level;
        }
    }
    return 0;
}

bool page_may_be_large(paddr_t page)
{
    return mtrr_uniform(page, LARGE_PAGE_SIZE);
}

/* The first 2 MiB are always small pages: fixed MTRRs cut the first of them. */
static void map_offset(paddr_t start, paddr_t end, uint32_t flags)
{
    while (start < end) {
        unsigned level = start < LARGE_PAGE_SIZE ? 0 : level_for(start, end);
        uint64_t entry = page_entry(start, page_bits(flags | PAGE_GLOBAL), level);
        must(page_table_set_at(&kernel_page_table, start + OFFSET_MAP, entry, level, NULL));
        start += page_span(level);
    }
}

static void map_memory(const struct boot_info *boot)
{
    for (size_t i = 0; i < boot->range_count; i++) {
        const struct boot_range *range = &boot->ranges[i];
        switch (range->type) {
        case BOOT_RANGE_AVAILABLE:
            map_offset(range->start, range->end, PAGE_WRITE | page_memory_caching);
            break;
        case BOOT_RANGE_ACPI_RECLAIMABLE:
        case BOOT_RANGE_NVS: map_offset(range->start, range->end, PAGE_WRITE_THROUGH); break;
        default: break;
        }
    }
}

/* A table below the root for each part of a region, so that all roots can share it. */
static void make_region(vaddr_t base, uint64_t size)
{
    uint64_t *root = phys_to_virt(kernel_page_table.root);
    for (vaddr_t at = base; at - base < size; at += 1ull << 39) {
        uint64_t *entry = &root[at >> 39 & 511];
        if (!(*entry & ENTRY_PRESENT)) {
            paddr_t page = 0;
            must(upcall_table_alloc(&kernel_page_table, &page));
            kernel_page_table.tables++;
            *entry = page | ENTRY_TABLE;
        }
    }
}

void paging_init(const struct boot_info *boot)
{
    const char *caching = boot_option(boot, "offset_map");
    if (caching != NULL && string_equal(caching, "wt")) {
        page_memory_caching = PAGE_WRITE_THROUGH;
        log_info("paging  all memory write-through");
    }
    must(upcall_table_alloc(&kernel_page_table, &kernel_page_table.root));
    kernel_page_table.tables = 1;
    map_image(kernel_image_start, kernel_boot_end, PAGE_WRITE); /* the stack that this runs on */
    map_image(kernel_text_start, kernel_text_end, PAGE_EXEC);
    map_image(kernel_text_end, kernel_rodata_end, 0);
    map_image(kernel_rodata_end, kernel_data_end, PAGE_WRITE);
    map_memory(boot);
    make_region(HEAP_BASE, HEAP_SIZE);
    make_region(STACKS_BASE, STACKS_SIZE);
    make_region(BUFFERS_BASE, BUFFERS_SIZE);
    make_region(DEVICES_BASE, DEVICES_SIZE);
    make_region(PER_CPU_BASE, PER_CPU_SIZE);
    page_table_share_kernel();
}

void paging_forget_boot(void)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vaddr_t from = (vaddr_t)kernel_image_start;
    page_table_clear(&kernel_page_table, &from, (vaddr_t)kernel_boot_end, ~0u, &batch);
    assert(batch.tables == NULL); /* text lies in the same table */
}
