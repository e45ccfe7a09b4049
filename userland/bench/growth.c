/* SPDX-License-Identifier: MIT */
/*
 * What costs when there are many: each line is `name@N`, the same operation beside N of the thing.
 *
 *   fault@N        a page fault, in a space with N mappings of one page each
 *   map_unmap@N    vma_map and vma_unmap of one page more, in the same space
 *   decommit@N     giving back one page that is mapped once, of an area that has N mappings
 *   fault_in@N     a page fault in an area of N pages, at a random one of them
 *   clone@N        the Nth clone of a clone, of 1 MiB
 *   clone_cow@N    a write to a page that it shares, less the copy
 *   handle_use@N   a call on a random one of N handles (object_koid)
 *   ipc_call_by_handle@N
 *                  ipc_call_4w, where the caller has N handles more (userland/bench/ipc.c)
 *   handle_make@N  handle_duplicate and handle_close of one more
 *   list_thread@N, list_handle@N, list_mapping@N
 *                  a row of system_info, of a process that has N of them (userland/bench/lists.c)
 *   futex_wake@N, yield@N, timer_set@N, ipc_call@N
 *                  threads and timers among N others (userland/bench/crowds.c)
 */
#include "lib/page.h"
#include "userland/bench/bench.h"

enum { RW = j6_map_read | j6_map_write, SAMPLES = 32, CLONE_PAGES = 256, CLONES = 100 };

static uint64_t random_below(uint64_t limit)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % limit;
}

void bench_report_at(const char *name, uint64_t n, uint64_t value)
{
    j6_printf("BENCH %s@%llu %llu insn", name, (unsigned long long)n, (unsigned long long)value);
}

static uint64_t map_page(j6_handle_t area, uint64_t offset)
{
    uint64_t address = 0;
    bench_require(j6_vma_map(area, j6_handle_self_process, &address, offset, PAGE_SIZE, RW), "map");
    return address;
}

static uint64_t touch_ticks(uint64_t address)
{
    uint64_t start = ticks();
    *(volatile uint8_t *)address = 1;
    return ticks() - start;
}

static uint64_t map_unmap_ticks(j6_handle_t area)
{
    uint64_t start = ticks();
    uint64_t address = map_page(area, 0);
    j6_vma_unmap(area, j6_handle_self_process, address, 0);
    return ticks() - start;
}

static uint64_t decommit_ticks(j6_handle_t area, uint64_t offset)
{
    uint64_t len = PAGE_SIZE;
    uint64_t start = ticks();
    bench_require(j6_vma_op_range(area, j6_op_decommit, offset, &len), "decommit");
    return ticks() - start;
}

/* All samples are taken at one size, of random mappings; mappings are made up to the next size. */
static void measure_mappings(j6_handle_t area, const uint64_t *places, uint64_t count)
{
    uint64_t fault = 0;
    uint64_t remap = 0;
    uint64_t decommit = 0;
    map_unmap_ticks(area);
    for (unsigned i = 0; i < SAMPLES; i++) {
        uint64_t page = random_below(count);
        fault += touch_ticks(places[page]);
        decommit += decommit_ticks(area, page * PAGE_SIZE);
        remap += map_unmap_ticks(area);
    }
    bench_report_at("fault", count, fault / SAMPLES);
    bench_report_at("map_unmap", count, remap / SAMPLES);
    bench_report_at("decommit", count, decommit / SAMPLES);
}

static void grow_mappings(void)
{
    static const uint64_t sizes[] = {10, 1000, 100000};
    static uint64_t places[100000];
    j6_handle_t area;
    uint64_t count = 0;
    bench_require(j6_vma_create(sizeof(places) / sizeof(places[0]) * PAGE_SIZE, 0, &area), "area");
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (; count < sizes[i]; count++) {
            places[count] = map_page(area, count * PAGE_SIZE);
        }
        measure_mappings(area, places, count);
    }
    for (uint64_t i = 0; i < count; i++) {
        j6_vma_unmap(area, j6_handle_self_process, places[i], 0);
    }
    bench_require(j6_handle_close(area), "close");
}

static void grow_area(void)
{
    for (unsigned shift = 0; shift <= 30; shift += 6) {
        uint64_t pages = 1ull << shift;
        uint64_t sum = 0;
        for (unsigned i = 0; i < SAMPLES; i++) {
            j6_handle_t area;
            uint64_t address = 0;
            bench_require(j6_vma_create_map(pages * PAGE_SIZE, 0, RW, &address, &area), "area");
            sum += touch_ticks(address + random_below(pages) * PAGE_SIZE);
            bench_require(j6_vma_unmap(area, j6_handle_self_process, address, 0), "unmap");
            bench_require(j6_handle_close(area), "close");
        }
        bench_report_at("fault_in", pages, sum / SAMPLES);
    }
}

/* One page of the clone is written, twice: the second time shows what the write itself costs. */
static uint64_t cow_ticks(j6_handle_t clone)
{
    uint64_t address = map_page(clone, 0);
    uint64_t first = touch_ticks(address);
    uint64_t second = touch_ticks(address);
    bench_require(j6_vma_unmap(clone, j6_handle_self_process, address, 0), "unmap");
    return first - second - PAGE_SIZE / sizeof(uint64_t);
}

static void grow_clones(void)
{
    j6_handle_t clones[CLONES + 1];
    bench_require(j6_vma_create(CLONE_PAGES * PAGE_SIZE, 0, &clones[0]), "area");
    uint64_t len = CLONE_PAGES * PAGE_SIZE;
    bench_require(j6_vma_op_range(clones[0], j6_op_commit, 0, &len), "commit");
    for (unsigned n = 1; n <= CLONES; n++) {
        uint64_t start = ticks();
        bench_require(j6_vma_clone(clones[n - 1], 0, len, 0, &clones[n]), "clone");
        uint64_t cost = ticks() - start;
        uint64_t cow = cow_ticks(clones[n]);
        if (n == 1 || n == 10 || n == CLONES) {
            bench_report_at("clone", n, cost);
            bench_report_at("clone_cow", n, cow);
        }
    }
    for (unsigned n = 0; n <= CLONES; n++) {
        bench_require(j6_handle_close(clones[n]), "close");
    }
}

static void measure_handles(const j6_handle_t *handles, uint64_t count)
{
    uint64_t use = 0;
    uint64_t make = 0;
    for (unsigned i = 0; i < SAMPLES; i++) {
        j6_koid_t koid;
        j6_handle_t one = handles[random_below(count)];
        uint64_t start = ticks();
        j6_object_koid(one, &koid);
        use += ticks() - start;
        start = ticks();
        bench_require(j6_handle_duplicate(one, 0, 0, &one), "duplicate");
        j6_handle_close(one);
        make += ticks() - start;
    }
    bench_report_at("handle_use", count, use / SAMPLES);
    bench_report_at("handle_make", count, make / SAMPLES);
}

static void grow_handles(void)
{
    static const uint64_t sizes[] = {10, 1000, 100000, 1000000};
    static j6_handle_t handles[1000000];
    uint64_t count = 1;
    bench_require(j6_event_create(0, &handles[0]), "event");
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (; count < sizes[i]; count++) {
            bench_require(
                j6_handle_duplicate(handles[0], j6_handle_rights(handles[0]), 0, &handles[count]),
                "duplicate");
        }
        measure_handles(handles, count);
    }
    while (count > 0) {
        bench_require(j6_handle_close(handles[--count]), "close");
    }
}

void bench_growth(void)
{
    grow_handles();
    bench_ipc_growth();
    grow_mappings();
    grow_area();
    grow_clones();
    bench_lists();
    bench_crowds();
}
