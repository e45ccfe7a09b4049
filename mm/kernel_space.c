/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own space and what lies in it, in static storage: all of it exists before any
 * allocator. The kernel's areas have no handles, and nobody else maps them.
 */
#include "mm/guarded.h"
#include "mm/heap.h"
#include "mm/vm_mapping.h"

struct vm_space kernel_space = {
    .lock = SPINLOCK_INIT(RANK_SPACE),
    .table_lock = SPINLOCK_INIT(RANK_PAGE_TABLE),
};

/* No access flags: pages are there from the start, so a fault finds nothing to bring in. */
#define REGION(base, size, the_area)                                                         \
    {                                                                                        \
        .space = &kernel_space, .area = (the_area), .start = (base), .end = (base) + (size), \
    }

/* The kernel's regions, so that nothing else is ever placed there. */
static struct vm_mapping kernel_regions[] = {
    REGION(OFFSET_MAP, OFFSET_MAP_SIZE, NULL),
    REGION(HEAP_BASE, HEAP_SIZE, &kernel_heap),
    REGION(STACKS_BASE, STACKS_SIZE, &kernel_stacks.area),
    REGION(BUFFERS_BASE, BUFFERS_SIZE, &kernel_buffers.area),
    REGION(DEVICES_BASE, DEVICES_SIZE, NULL),
    REGION(PER_CPU_BASE, PER_CPU_SIZE, &kernel_cpu_blocks.area),
};

void vm_space_init_kernel(void)
{
    heap_init();
    mapping_set_init(&kernel_space.mappings);
    for (unsigned i = 0; i < sizeof(kernel_regions) / sizeof(kernel_regions[0]); i++) {
        bool inserted = mapping_insert(&kernel_space.mappings, &kernel_regions[i]);
        assert(inserted);
    }
}
