/* SPDX-License-Identifier: MIT */
/* Guarded areas as described in guarded.h: section n begins behind its guard page. */
#include "mm/guarded.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "lib/bitmap.h"
#include "mm/kernel_pages.h"

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
    .area = GUARDED_AREA_INIT(STACKS_SIZE),
    .base = STACKS_BASE,
    .section_pages = STACK_PAGES,
    .sections = STACK_SECTIONS,
    .used = stacks_used,
};

struct guarded_area kernel_buffers = {
    .area = GUARDED_AREA_INIT(BUFFERS_SIZE),
    .base = BUFFERS_BASE,
    .section_pages = BUFFER_PAGES,
    .sections = BUFFER_SECTIONS,
    .used = buffers_used,
};

struct guarded_area kernel_cpu_blocks = {
    .area = GUARDED_AREA_INIT(PER_CPU_SIZE),
    .base = PER_CPU_BASE,
    .section_pages = CPU_BLOCK_PAGES,
    .sections = CPU_MAX,
    .used = cpu_blocks_used,
};

static uint64_t section_step(const struct guarded_area *area)
{
    return (area->section_pages + 1) * PAGE_SIZE;
}

/* A free section's number, now taken; `sections` if there is none. */
static uint64_t number_take(struct guarded_area *area)
{
    spinlock_lock(&area->area.lock);
    uint64_t number = bitmap_find_clear(area->used, area->sections, area->hint);
    if (number < area->sections) {
        bitmap_set(area->used, number);
    }
    area->hint = number;
    spinlock_unlock(&area->area.lock);
    return number;
}

static void number_return(struct guarded_area *area, uint64_t number)
{
    spinlock_lock(&area->area.lock);
    bitmap_clear(area->used, number);
    area->hint = number < area->hint ? number : area->hint;
    spinlock_unlock(&area->area.lock);
}

static j6_status_t section_alloc(struct guarded_area *area, uint64_t pages, vaddr_t *out_start)
{
    uint64_t number = number_take(area);
    if (number == area->sections) {
        return j6_err_no_memory;
    }
    vaddr_t start = area->base + number * section_step(area) + PAGE_SIZE;
    j6_status_t status = kernel_pages_map(start, pages);
    if (status != j6_status_ok) {
        guarded_free(area, start);
        return status;
    }
    *out_start = start;
    return j6_status_ok;
}

j6_status_t(guarded_alloc)(struct guarded_area *area, vaddr_t *out_start)
{
    return section_alloc(area, area->section_pages, out_start);
}

j6_status_t(guarded_alloc_first)(struct guarded_area *area, vaddr_t *out_start)
{
    return section_alloc(area, 1, out_start);
}

j6_status_t(guarded_grow)(vaddr_t end)
{
    return kernel_pages_map(end, 1);
}

void guarded_free(struct guarded_area *area, vaddr_t start)
{
    kernel_pages_unmap(start, area->section_pages);
    number_return(area, (start - area->base) / section_step(area));
}
