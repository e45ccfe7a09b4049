/* SPDX-License-Identifier: MIT */
/*
 * Areas of memory. Each figure is what the calls or faults named below cost, in one space:
 *
 *   map_unmap_1       vma_map and vma_unmap of one page that isn't touched
 *   map_unmap_512     the same of 512 pages
 *   unmap_per_page    vma_unmap of 4,096 touched pages, for each
 *   cow_fault         a write to a page that a clone shares, less what copying a page costs, which
 *                     is measured here as the `rep movsq` of one page that is there
 *   clone_64m         vma_clone of 64 MiB that are all there and mapped
 */
#include "lib/page.h"
#include "userland/bench/bench.h"

enum { RW = j6_map_read | j6_map_write, CLONE_PAGES = 64 << 8, BULK_PAGES = 4096, ROUNDS = 100 };

static j6_handle_t area_new(uint64_t pages)
{
    j6_handle_t area;
    bench_require(j6_vma_create(pages * PAGE_SIZE, 0, &area), "area");
    return area;
}

static uint64_t map(j6_handle_t area)
{
    uint64_t address = 0;
    bench_require(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, RW), "map");
    return address;
}

static void unmap(j6_handle_t area, uint64_t address)
{
    bench_require(j6_vma_unmap(area, j6_handle_self_process, address, 0), "unmap");
}

static void touch(uint64_t address, uint64_t pages)
{
    for (uint64_t i = 0; i < pages; i++) {
        *(volatile uint8_t *)(address + i * PAGE_SIZE) = 1;
    }
}

static uint64_t map_unmap(uint64_t pages)
{
    j6_handle_t area = area_new(pages);
    uint64_t sum = 0;
    for (unsigned i = 0; i <= ROUNDS; i++) {
        uint64_t address = 0;
        uint64_t start = ticks();
        j6_vma_map(area, j6_handle_self_process, &address, 0, 0, RW);
        j6_vma_unmap(area, j6_handle_self_process, address, 0);
        sum += i > 0 ? ticks() - start : 0; /* the first one fills the caches */
    }
    bench_require(j6_handle_close(area), "close");
    return sum / ROUNDS;
}

static uint64_t unmap_touched(void)
{
    j6_handle_t area = area_new(BULK_PAGES);
    uint64_t address = map(area);
    touch(address, BULK_PAGES);
    uint64_t start = ticks();
    unmap(area, address);
    uint64_t cost = ticks() - start;
    bench_require(j6_handle_close(area), "close");
    return cost / BULK_PAGES;
}

static uint64_t copy_one(uint64_t from, uint64_t to)
{
    uint64_t words = PAGE_SIZE / sizeof(uint64_t);
    uint64_t start = ticks();
    __asm__ volatile("rep movsq" : "+S"(from), "+D"(to), "+c"(words) : : "memory");
    return ticks() - start;
}

static uint64_t copy_cost(void)
{
    static uint64_t pages[2][512] __attribute__((aligned(4096)));
    copy_one((uint64_t)pages[0], (uint64_t)pages[1]);
    return copy_one((uint64_t)pages[0], (uint64_t)pages[1]);
}

static uint64_t touch_ticks(uint64_t address, uint64_t pages)
{
    uint64_t start = ticks();
    touch(address, pages);
    return ticks() - start;
}

static void clone_and_write(void)
{
    j6_handle_t area = area_new(CLONE_PAGES);
    j6_handle_t clone;
    uint64_t address = map(area);
    touch(address, CLONE_PAGES);
    uint64_t start = ticks();
    bench_require(j6_vma_clone(area, 0, CLONE_PAGES * PAGE_SIZE, 0, &clone), "clone");
    bench_report("clone_64m", ticks() - start, "insn");
    uint64_t first = touch_ticks(address, BULK_PAGES);
    uint64_t second = touch_ticks(address, BULK_PAGES);
    bench_report("cow_fault", (first - second) / BULK_PAGES - copy_cost(), "insn");
    unmap(area, address);
    bench_require(j6_handle_close(area), "close");
    bench_require(j6_handle_close(clone), "close");
}

void bench_memory(void)
{
    bench_report("map_unmap_1", map_unmap(1), "insn");
    bench_report("map_unmap_512", map_unmap(512), "insn");
    bench_report("unmap_per_page", unmap_touched(), "insn");
    clone_and_write();
}
