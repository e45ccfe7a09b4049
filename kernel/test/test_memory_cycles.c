/* SPDX-License-Identifier: MIT */
/*
 * Areas, clones and spaces made and ended over and over, on all CPUs at once: however often, not one
 * frame is lost. Compared after 1,000, 10,000, 100,000, … of each.
 *
 * Command line: cycles=NUMBER.
 */
#include "arch/cpu.h"
#include "kernel/base/log.h"
#include "kernel/cpu_call.h"
#include "kernel/memory_count.h"
#include "kernel/test/settle.h"
#include "kernel/test/test_options.h"
#include "kernel/test/tests.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

#define PLACE 0x345600000000ull

enum { CYCLES = 200, CHUNK = 50, CPUS_MAX = 4, PAGES = 3, RW = 3 };

static struct {
    struct account account;
    _Atomic uint64_t wrong;
} cycles;

static bool map_and_write(struct vm_space *space, struct vm_area *area, vaddr_t place)
{
    return vm_space_map(space, area, &place, 0, 0, RW | j6_map_exact) == j6_status_ok &&
           vm_space_fault(space, place, VM_ACCESS_WRITE) == j6_status_ok;
}

/* The clone shares a page, and then copies it; the area goes before its mapping does. */
static bool use(struct vm_space *space, struct vm_area *area)
{
    struct vm_area *clone;
    bool right =
        map_and_write(space, area, PLACE) &&
        vm_area_clone(area, &cycles.account, 0, PAGES * PAGE_SIZE, 0, &clone) == j6_status_ok;
    if (right) {
        right = map_and_write(space, clone, PLACE + (1ull << 30));
        kobject_put(&clone->object);
    }
    return right;
}

static bool cycle(void)
{
    struct vm_space space = {0};
    struct vm_area *area;
    if (vm_space_init(&space, &cycles.account) != j6_status_ok) {
        return false;
    }
    bool right = vm_area_create_open(&cycles.account, PAGES * PAGE_SIZE, 0, &area) == j6_status_ok;
    if (right) {
        right = use(&space, area);
        kobject_put(&area->object);
    }
    vm_space_destroy(&space);
    return right;
}

static void run_chunk(void *context)
{
    (void)context;
    for (unsigned i = 0; i < CHUNK; i++) {
        cycles.wrong += !cycle();
    }
}

static bool nothing_is_lost(uint64_t before, uint64_t after_cycles)
{
    uint64_t now = memory_free_frames();
    if (now != before) {
        log_error("cycles  %lu frames were free, %lu are after %lu", before, now, after_cycles);
    }
    return now == before && cycles.wrong == 0;
}

bool self_test_areas_and_spaces_that_come_and_go_lose_no_frame(void)
{
    uint64_t wanted = test_option("cycles", CYCLES);
    uint64_t cpus = cpus_online() & (cpu_bit(CPUS_MAX) - 1);
    uint64_t before = memory_free_frames();
    uint64_t done = 0;
    bool right = true;
    account_init_root(&cycles.account, 1ull << 40);
    for (uint64_t look_at = 1000; right && done < wanted; done += CHUNK * cpu_mask_count(cpus)) {
        if (done >= look_at) {
            right = nothing_is_lost(before, done);
            look_at *= 10;
        }
        cpu_call(cpus, run_chunk, NULL);
        settle();
    }
    log_info("cycles  %lu of areas, clones and spaces", done);
    return right && nothing_is_lost(before, done);
}
