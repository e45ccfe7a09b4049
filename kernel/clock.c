/* SPDX-License-Identifier: MIT */
#include "kernel/clock.h"
#include "arch/arch.h"
#include "kernel/base/panic.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

/* Immutable after clock_start */
static struct vm_area *area;

void clock_start(struct account *root)
{
    if (vm_area_create_fixed(root, arch_clock_page(), PAGE_SIZE, page_memory_caching, &area) !=
        j6_status_ok) {
        panic("no memory for the clock page");
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
