/* SPDX-License-Identifier: MIT */
/* Guarded areas as described in guarded.h: section n begins behind its guard page. */
#include "mm/guarded.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/page_table.h"
#include "lib/bitmap.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/page_batch.h"
#include "mm/vm_space.h"

enum {
    STACK_PAGES = KERNEL_STACK_SIZE / PAGE_SIZE,
    STACK_SECTIONS = 4096,
    BUFFER_PAGES = 16,
    BUFFER_SECTIONS = 65536,
    CPU_BLOCK_PAGES = CPU_BLOCK_SIZE / PAGE_SIZE,
};

static uint64_t stacks_used[STACK_SECTIONS / 64];
static uint64_t buffers_used[BUFFER_SECTIONS / 64];
static uint64_t cpu_blocks_used[CPU_MAX / 64];

struct guarded_area kernel_stacks = {
    .base = STACKS_BASE,
    .section_pages = STACK_PAGES,
    .sections = STACK_SECTIONS,
    .lock = SPINLOCK_INIT(RANK_AREA),
    .used = stacks_used,
};

struct guarded_area kernel_buffers = {
    .base = BUFFERS_BASE,
    .section_pages = BUFFER_PAGES,
    .sections = BUFFER_SECTIONS,
    .lock = SPINLOCK_INIT(RANK_AREA),
    .used = buffers_used,
};

struct guarded_area kernel_cpu_blocks = {
    .base = PER_CPU_BASE,
    .section_pages = CPU_BLOCK_PAGES,
    .sections = CPU_MAX,
    .lock = SPINLOCK_INIT(RANK_AREA),
    .used = cpu_blocks_used,
};

static uint64_t section_step(const struct guarded_area *area)
{
    return (area->section_pages + 1) * PAGE_SIZE;
}

/* A free section's number, now taken; `sections` if there is none. */
static uint64_t number_take(struct guarded_area *area)
{
    spinlock_lock(&area->lock);
    uint64_t number = bitmap_find_clear(area->used, area->sections, area->hint);
    if (number < area->sections) {
        bitmap_set(area->used, number);
    }
    area->hint = number;
    spinlock_unlock(&area->lock);
    return number;
}

static void number_return(struct guarded_area *area, uint64_t number)
{
    spinlock_lock(&area->lock);
    bitmap_clear(area->used, number);
    area->hint = number < area->hint ? number : area->hint;
    spinlock_unlock(&area->lock);
}

static void unmap(struct guarded_area *area, vaddr_t start)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vaddr_t end = start + area->section_pages * PAGE_SIZE;
    spinlock_lock(&kernel_space.table_lock);
    for (vaddr_t at = start; at < end; at += PAGE_SIZE) {
        paddr_t page;
        uint32_t flags;
        if (page_table_find(&kernel_page_table, at, &page, &flags)) {
            page_batch_add_frame(&batch, page);
        }
    }
    page_table_clear(&kernel_page_table, &start, end, area->section_pages, &batch);
    page_table_aim(&kernel_page_table, &batch);
    spinlock_unlock(&kernel_space.table_lock);
    page_batch_finish(&batch);
}

static j6_status_t map(struct guarded_area *area, vaddr_t start)
{
    for (uint64_t i = 0; i < area->section_pages; i++) {
        paddr_t page = frame_alloc();
        if (page == 0) {
            return j6_err_no_memory;
        }
        /* Emulators slow writes down to pages with code that they translated: let them forget it. */
        memset(phys_to_virt(page), 0, PAGE_SIZE);
        spinlock_lock(&kernel_space.table_lock);
        j6_status_t status =
            page_table_set(&kernel_page_table, start + i * PAGE_SIZE, page,
                           page_bits(PAGE_WRITE | PAGE_GLOBAL | page_memory_caching), NULL);
        spinlock_unlock(&kernel_space.table_lock);
        if (status != j6_status_ok) {
            frame_put(page);
            return status;
        }
    }
    return j6_status_ok;
}

j6_status_t guarded_alloc(struct guarded_area *area, vaddr_t *out_start)
{
    uint64_t number = number_take(area);
    if (number == area->sections) {
        return j6_err_no_memory;
    }
    vaddr_t start = area->base + number * section_step(area) + PAGE_SIZE;
    j6_status_t status = map(area, start);
    if (status != j6_status_ok) {
        guarded_free(area, start);
        return status;
    }
    *out_start = start;
    return j6_status_ok;
}

void guarded_free(struct guarded_area *area, vaddr_t start)
{
    unmap(area, start);
    number_return(area, (start - area->base) / section_step(area));
}
