/* SPDX-License-Identifier: MIT */
#include "kernel/clock.h"
#include "arch/arch.h"
#include "kernel/base/panic.h"
#include "kernel/timer.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

/* Long against the readings at both ends, short against how soon anybody cares. */
#define REFINE_AFTER_NS 200000000ull

/* Immutable after clock_start */
static struct vm_area *area;

static struct timer refine_timer;

static void refine(struct timer *timer, uint64_t round)
{
    (void)timer;
    (void)round;
    arch_clock_refine();
}

void clock_start(struct account *root)
{
    if (vm_area_create_fixed(root, arch_clock_page(), PAGE_SIZE, page_memory_caching, &area) !=
        j6_status_ok) {
        panic("no memory for the clock page");
    }
    if (arch_clock_is_rough()) {
        timer_arm(&refine_timer, clock_now() + REFINE_AFTER_NS, refine);
    }
}

j6_status_t clock_map_page(struct vm_space *space, vaddr_t *out_address)
{
    vaddr_t address = 0;
    j6_status_t status = vm_space_map(space, area, &address, 0, PAGE_SIZE, j6_map_read);
    if (status == j6_status_ok) {
        *out_address = address;
    }
    return status;
}
