/* SPDX-License-Identifier: MIT */
/* Memory that is handed out and comes back. */
#include "arch/cpu.h"
#include "arch/page_table.h"
#include "kernel/memory_count.h"
#include "kernel/test/settle.h"
#include "kernel/test/tests.h"
#include "lib/page.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/guarded.h"
#include "mm/heap.h"
#include "mm/kalloc.h"
#include "mm/vm_mapping.h"

enum { SECTIONS = 8, SIZES = 18, HEAP_PIECES = 8, BLOCKS_MAX = 64 };

static bool is_mapped(vaddr_t address)
{
    paddr_t page;
    uint32_t flags;
    return page_table_find(&kernel_page_table, address, &page, &flags);
}

/* Memory that can be read and written, not executed, and by the kernel alone. */
static bool is_plain_data(vaddr_t address)
{
    paddr_t page;
    uint32_t flags;
    return page_table_find(&kernel_page_table, address, &page, &flags) &&
           flags == (PAGE_WRITE | PAGE_GLOBAL | page_memory_caching);
}

static bool in_stacks(vaddr_t address)
{
    return address >= STACKS_BASE && address < STACKS_BASE + STACKS_SIZE;
}

bool self_test_stacks_lie_in_their_region_behind_guard_pages(void)
{
    vaddr_t here = (vaddr_t)__builtin_frame_address(0);
    vaddr_t top = this_cpu(cpu)->kernel_stack;
    vaddr_t bottom = top - KERNEL_STACK_SIZE;
    return in_stacks(here) && here < top && here >= bottom && is_mapped(bottom) &&
           is_mapped(top - 1) && !is_mapped(bottom - 1);
}

bool self_test_sections_are_reused_and_give_frames_back(void)
{
    vaddr_t first[SECTIONS];
    vaddr_t again;
    bool right = true;
    uint64_t before = memory_free_frames();
    for (unsigned i = 0; i < SECTIONS; i++) {
        right &= guarded_alloc(&kernel_buffers, &first[i]) == j6_status_ok &&
                 !is_mapped(first[i] - 1) && is_plain_data(first[i]);
    }
    guarded_free(&kernel_buffers, first[3]);
    right &= !is_mapped(first[3]);
    right &= guarded_alloc(&kernel_buffers, &again) == j6_status_ok && again == first[3];
    for (unsigned i = 0; i < SECTIONS; i++) {
        guarded_free(&kernel_buffers, first[i]);
    }
    return right && memory_free_frames() == before;
}

bool self_test_sections_that_grow_reach_no_further_than_they_grew(void)
{
    vaddr_t start;
    vaddr_t again;
    uint64_t before = memory_free_frames();
    if (guarded_alloc_first(&kernel_buffers, &start) != j6_status_ok) {
        return false;
    }
    bool right = true;
    for (vaddr_t end = start + PAGE_SIZE; right && end < start + SECTIONS * PAGE_SIZE;
         end += PAGE_SIZE) {
        right = !is_mapped(start - 1) && is_plain_data(end - 1) && !is_mapped(end) &&
                guarded_grow(end) == j6_status_ok;
    }
    guarded_free(&kernel_buffers, start);
    if (guarded_alloc_first(&kernel_buffers, &again) != j6_status_ok) {
        return false;
    }
    right &= again == start && !is_mapped(again + PAGE_SIZE);
    guarded_free(&kernel_buffers, again);
    return right && memory_free_frames() == before;
}

/* Stacks, until no section or no memory is left. The sections are kept in a list in themselves. */
bool self_test_exhausted_sections_are_no_memory_and_lose_nothing(void)
{
    uint64_t before = memory_free_frames();
    vaddr_t last = 0;
    vaddr_t start;
    j6_status_t status;
    while ((status = guarded_alloc(&kernel_stacks, &start)) == j6_status_ok) {
        *(vaddr_t *)start = last;
        last = start;
    }
    while (last != 0) {
        start = last;
        last = *(vaddr_t *)start;
        guarded_free(&kernel_stacks, start);
    }
    return status == j6_err_no_memory && memory_free_frames() == before;
}

static bool in_heap(vaddr_t address)
{
    return address >= HEAP_BASE && address < HEAP_BASE + kernel_heap.size;
}

/* Sizes of one to many pages, several of each, and back in another order than they came in. */
bool self_test_large_pieces_lie_in_the_heap_region_behind_guard_pages(void)
{
    char *piece[HEAP_PIECES];
    bool right = true;
    uint64_t before = memory_free_frames();
    for (unsigned i = 0; i < HEAP_PIECES; i++) {
        size_t size = i * 3 * PAGE_SIZE + PAGE_SIZE + 1;
        piece[i] = kalloc(size);
        vaddr_t start = (vaddr_t)piece[i];
        vaddr_t end = start + page_up(size);
        right &= in_heap(start) && in_heap(end - 1) && !is_mapped(start - 1) &&
                 is_plain_data(start) && is_plain_data(end - 1) && !is_mapped(end) &&
                 piece[i][0] == 0 && piece[i][size - 1] == 0;
        memset(piece[i], 0xff, size);
    }
    for (unsigned i = 0; i < HEAP_PIECES; i++) {
        kfree(piece[i ^ 1]);
        right &= !is_mapped((vaddr_t)piece[i ^ 1]);
    }
    return right && memory_free_frames() == before;
}

/*
 * Pieces until there is no memory; they are kept in a list in themselves. Most of a large machine is
 * taken before, in blocks that nobody clears: an emulator needs memory of its own for what is written.
 */
bool self_test_an_exhausted_heap_is_no_memory_and_loses_nothing(void)
{
    static paddr_t blocks[BLOCKS_MAX];
    unsigned taken = 0;
    uint64_t before = memory_free_frames();
    while (taken < BLOCKS_MAX && (blocks[taken] = frame_alloc_block(FRAME_MAX_ORDER)) != 0) {
        taken++;
    }
    void **last = NULL;
    void **piece;
    uint64_t count = 0;
    while ((piece = kalloc(KALLOC_MAX)) != NULL) {
        *piece = last;
        last = piece;
        count++;
    }
    while (last != NULL) {
        piece = last;
        last = *piece;
        kfree(piece);
    }
    while (taken > 0) {
        frame_free_block(blocks[--taken], FRAME_MAX_ORDER);
    }
    settle(); /* the pages of the piece that failed */
    return count > 0 && memory_free_frames() == before;
}

bool self_test_kernel_regions_are_taken(void)
{
    static const vaddr_t regions[] = {OFFSET_MAP,   HEAP_BASE,    STACKS_BASE,
                                      BUFFERS_BASE, DEVICES_BASE, PER_CPU_BASE};
    for (unsigned i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        if (mapping_find(&kernel_space.mappings, regions[i]) == NULL) {
            return false;
        }
    }
    return mapping_find(&kernel_space.mappings, USER_START) == NULL;
}

bool self_test_freed_memory_comes_back_exactly(void)
{
    void *memory[SIZES];
    uint64_t before = memory_free_frames();
    for (unsigned i = 0; i < SIZES; i++) {
        memory[i] = kalloc(1ull << i);
    }
    bool right = frames_free() < before;
    for (unsigned i = 0; i < SIZES; i++) {
        right &= memory[i] != NULL;
        kfree(memory[i]);
    }
    return right && memory_free_frames() == before;
}
