/* SPDX-License-Identifier: MIT */
/*
 * page_fault_anon: the first write to a page of an open area, page tables included; what the same
 * writes cost once the pages are there is taken off.
 * page_fault_anon_noclear: the same less what clearing a page costs, which is measured here as the
 * `rep stosq` of one page that is there.
 */
#include "lib/page.h"
#include "userland/bench/bench.h"

enum { PAGES = 1024 };

static uint64_t touch_all(uint64_t memory)
{
    uint64_t start = ticks();
    for (uint64_t i = 0; i < PAGES; i++) {
        *(volatile uint8_t *)(memory + i * PAGE_SIZE) = 1;
    }
    return ticks() - start;
}

static uint64_t clear_one(uint64_t memory)
{
    uint64_t words = PAGE_SIZE / sizeof(uint64_t);
    uint64_t start = ticks();
    __asm__ volatile("rep stosq" : "+D"(memory), "+c"(words) : "a"(0ull) : "memory");
    return ticks() - start;
}

/* What the faults of one new area cost, all together. */
static uint64_t fault_all(void)
{
    j6_handle_t area;
    uint64_t memory = 0;
    bench_require(
        j6_vma_create_map(PAGES * PAGE_SIZE, 0, j6_map_read | j6_map_write, &memory, &area),
        "area");
    uint64_t first = touch_all(memory);
    uint64_t second = touch_all(memory);
    bench_require(j6_vma_unmap(area, j6_handle_self_process, memory, 0), "unmap");
    bench_require(j6_handle_close(area), "close");
    return first - second;
}

static uint64_t clear_cost(void)
{
    static uint64_t page[512] __attribute__((aligned(4096)));
    clear_one((uint64_t)page);
    return clear_one((uint64_t)page);
}

void bench_faults(void)
{
    fault_all();
    uint64_t fault = fault_all() / PAGES;
    bench_report("page_fault_anon", fault, "insn");
    bench_report("page_fault_anon_noclear", fault - clear_cost(), "insn");
}
