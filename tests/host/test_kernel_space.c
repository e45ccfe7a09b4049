/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/kernel_space.c mm/guarded.c mm/heap.c mm/kernel_pages.c mm/vm_mapping.c mm/slab.c mm/frame.c lib/avl.c lib/bitmap.c kernel/base/grace.c arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_model.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c */
/* The kernel's space before any allocator: this program has no memory to give. */
#include "arch/layout.h"
#include "mm/guarded.h"
#include "mm/heap.h"
#include "mm/page_batch.h"
#include "mm/vm_mapping.h"
#include <test.h>

uint32_t page_memory_caching;

void page_batch_finish(struct page_batch *batch)
{
    (void)batch;
    fail();
}

static const struct {
    vaddr_t base;
    uint64_t size;
    const struct vm_area *area;
} regions[] = {
    {OFFSET_MAP, OFFSET_MAP_SIZE, NULL},
    {HEAP_BASE, HEAP_SIZE, &kernel_heap},
    {STACKS_BASE, STACKS_SIZE, &kernel_stacks.area},
    {BUFFERS_BASE, BUFFERS_SIZE, &kernel_buffers.area},
    {DEVICES_BASE, DEVICES_SIZE, NULL},
    {PER_CPU_BASE, PER_CPU_SIZE, &kernel_cpu_blocks.area},
};

static void kernel_space_has_all_its_regions_taken(void **state)
{
    (void)state;
    const struct vm_mapping *mapping = mapping_from(&kernel_space.mappings, 0);
    for (unsigned i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        assert_non_null(mapping);
        assert_int_equal(mapping->start, regions[i].base);
        assert_int_equal(mapping->end, regions[i].base + regions[i].size);
        assert_ptr_equal(mapping->area, regions[i].area);
        assert_ptr_equal(mapping->space, &kernel_space);
        mapping = mapping_next(mapping);
    }
    assert_null(mapping);
}

static void kernel_areas_are_of_their_kinds(void **state)
{
    (void)state;
    assert_int_equal(kernel_heap.kind, VM_AREA_UNTRACKED);
    assert_int_equal(kernel_heap.size, 0); /* it grows */
    assert_int_equal(kernel_stacks.area.kind, VM_AREA_GUARDED);
    assert_int_equal(kernel_stacks.area.size, STACKS_SIZE);
    assert_int_equal(kernel_buffers.area.kind, VM_AREA_GUARDED);
    assert_int_equal(kernel_buffers.area.size, BUFFERS_SIZE);
    assert_int_equal(kernel_cpu_blocks.area.kind, VM_AREA_GUARDED);
    assert_int_equal(kernel_cpu_blocks.area.size, PER_CPU_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_space_has_all_its_regions_taken),
        cmocka_unit_test(kernel_areas_are_of_their_kinds),
    };
    vm_space_init_kernel();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
