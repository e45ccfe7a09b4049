/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/heap.c mm/kernel_pages.c mm/vm_mapping.c mm/slab.c mm/frame.c lib/avl.c kernel/base/grace.c arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_model.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c */
/* The heap against an array of its pieces: pages that are there and zero, guards, nothing left. */
#include "mm/heap.h"
#include "arch/layout.h"
#include "kernel/base/grace.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include "mm/vm_area.h"
#include "mm/page_batch.h"
#include "mm/vm_space.h"
#include "tests/host/page_table_model.h"
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_frames.h>
#include <test_machine.h>
#include <test_random.h>

enum { FRAMES = 4096, PIECES = 64 };

uint32_t page_memory_caching = PAGE_WRITE_BACK;
struct vm_space kernel_space = {.table_lock = SPINLOCK_INIT(RANK_PAGE_TABLE)};

static struct page_table_model kernel;
static uint64_t frames_at_start;

static struct piece {
    vaddr_t start;
    uint64_t pages;
} pieces[PIECES]; /* by address */
static unsigned piece_count;

void page_batch_finish(struct page_batch *batch)
{
    spinlock_check_none_held();
    page_batch_free_tables(batch);
    while (batch->frame_count > 0) {
        frame_put(batch->frames[--batch->frame_count]);
    }
}

/* NULL: nothing is mapped there. */
static void *page_at(vaddr_t address)
{
    paddr_t page;
    uint32_t flags;
    if (!page_table_find(&kernel_page_table, address, &page, &flags)) {
        return NULL;
    }
    assert_int_equal(flags, PAGE_WRITE | PAGE_GLOBAL | page_memory_caching);
    return phys_to_virt(page);
}

/* The lowest address that has room for so many pages and a guard before them. */
static vaddr_t room_for(uint64_t pages, unsigned *out_place)
{
    vaddr_t at = HEAP_BASE;
    unsigned place = 0;
    while (place < piece_count && pieces[place].start - PAGE_SIZE - at < (pages + 1) * PAGE_SIZE) {
        at = pieces[place].start + pieces[place].pages * PAGE_SIZE;
        place++;
    }
    *out_place = place;
    return at + PAGE_SIZE;
}

static void check_piece(const struct piece *piece)
{
    static const uint8_t zeros[PAGE_SIZE];
    assert_null(page_at(piece->start - PAGE_SIZE));
    for (uint64_t i = 0; i < piece->pages; i++) {
        void *page = page_at(piece->start + i * PAGE_SIZE);
        assert_non_null(page);
        assert_memory_equal(page, zeros, PAGE_SIZE);
        memset(page, 0xaa, PAGE_SIZE);
    }
    assert_null(page_at(piece->start + piece->pages * PAGE_SIZE));
}

static void piece_alloc(size_t size)
{
    unsigned place;
    uint64_t pages = page_count(size);
    vaddr_t wanted = room_for(pages, &place);
    assert_ptr_equal(heap_alloc(size), (void *)wanted);
    assert_true(heap_holds((void *)wanted));
    memmove(&pieces[place + 1], &pieces[place], (piece_count - place) * sizeof(pieces[0]));
    pieces[place] = (struct piece){wanted, pages};
    piece_count++;
    check_piece(&pieces[place]);
    assert_true(wanted + pages * PAGE_SIZE <= HEAP_BASE + kernel_heap.size);
}

static void piece_free(unsigned which)
{
    vaddr_t start = pieces[which].start;
    uint64_t pages = pieces[which].pages;
    heap_free((void *)start);
    for (uint64_t i = 0; i < pages; i++) {
        assert_null(page_at(start + i * PAGE_SIZE));
    }
    piece_count--;
    memmove(&pieces[which], &pieces[which + 1], (piece_count - which) * sizeof(pieces[0]));
}

/* What every test leaves behind. */
static void check_empty(void)
{
    while (piece_count > 0) {
        piece_free((unsigned)test_random_below(piece_count));
    }
    grace_pass();
    slab_drain();
    frame_drain();
    page_table_model_check(&kernel);
    assert_int_equal(frames_free(), frames_at_start);
    assert_int_equal(kernel_page_table.tables, kernel.permanent);
    assert_int_equal(test_tables_live, kernel.permanent);
}

static void heap_piece_has_zeroed_pages_behind_a_guard(void **state)
{
    (void)state;
    piece_alloc(1);
    piece_alloc(PAGE_SIZE);
    piece_alloc(PAGE_SIZE + 1);
    piece_alloc(2 * PAGE_SIZE);
    check_empty();
}

static void heap_pieces_need_no_contiguous_frames(void **state)
{
    (void)state;
    test_frames_leave(0, 40);
    static void *single[8]; /* the slab's record of a piece, then frames that aren't neighbours */
    piece_alloc(PAGE_SIZE);
    for (unsigned i = 0; i < 8; i++) {
        single[i] = heap_alloc(PAGE_SIZE);
        assert_non_null(single[i]);
    }
    for (unsigned i = 0; i < 8; i += 2) {
        heap_free(single[i]);
    }
    frame_drain();
    assert_int_equal(frame_alloc_block(5), 0);
    void *large = heap_alloc(20 * PAGE_SIZE);
    assert_non_null(large);
    heap_free(large);
    for (unsigned i = 1; i < 8; i += 2) {
        heap_free(single[i]);
    }
    test_frames_restore();
    check_empty();
}

static void heap_room_that_was_freed_is_used_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        piece_alloc(3 * PAGE_SIZE);
    }
    vaddr_t hole = pieces[1].start;
    piece_free(1);
    piece_alloc(4 * PAGE_SIZE);
    assert_int_not_equal(pieces[1].start, hole);
    piece_alloc(2 * PAGE_SIZE);
    assert_int_equal(pieces[1].start, hole);
    check_empty();
}

/* With 0, 1, 2 … frames, then tables, to be had. Addresses come back after a grace period. */
static void heap_alloc_without_memory_leaves_nothing(void **state)
{
    (void)state;
    for (unsigned frames = 0; frames < 16; frames++) {
        test_frames_leave(0, frames);
        assert_null(heap_alloc(16 * PAGE_SIZE));
        grace_pass();
        slab_drain();
        frame_drain();
        test_frames_restore();
        check_empty();
    }
    for (unsigned tables = 0; tables < 2; tables++) {
        test_tables_left = tables;
        assert_null(heap_alloc(16 * PAGE_SIZE));
        test_tables_left = -1;
        check_empty();
    }
    piece_alloc(16 * PAGE_SIZE);
    assert_int_equal(pieces[0].start, HEAP_BASE + PAGE_SIZE);
    check_empty();
}

/* The caller's lock is held while memory runs out: nothing waits for other CPUs there. */
static void heap_alloc_fails_below_a_lock(void **state)
{
    (void)state;
    struct spinlock lock = SPINLOCK_INIT(RANK_HANDLES);
    test_frames_leave(0, 10);
    spinlock_lock(&lock);
    assert_null(heap_alloc(16 * PAGE_SIZE));
    spinlock_unlock(&lock);
    grace_pass();
    slab_drain();
    frame_drain();
    test_frames_restore();
    check_empty();
}

static void heap_free_of_what_is_no_piece_is_caught(void **state)
{
    (void)state;
    piece_alloc(3 * PAGE_SIZE);
    void *inside = (void *)(pieces[0].start + PAGE_SIZE);
    expect_assert_failure(heap_free(inside));
    expect_assert_failure(heap_free((void *)(HEAP_BASE + (1ull << 30))));
    assert_false(heap_holds((void *)(HEAP_BASE - 1)));
    assert_false(heap_holds((void *)(HEAP_BASE + HEAP_SIZE)));
    check_empty();
}

static void heap_pieces_come_and_go_as_in_the_model(void **state)
{
    (void)state;
    for (int i = 0; i < 4000; i++) {
        uint64_t share = i / 500 % 2 == 0 ? 65 : 35;
        if (piece_count < PIECES && test_random_below(100) < share) {
            piece_alloc(1 + test_random_below(40 * PAGE_SIZE));
        } else if (piece_count > 0) {
            piece_free((unsigned)test_random_below(piece_count));
        }
    }
    check_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_piece_has_zeroed_pages_behind_a_guard),
        cmocka_unit_test(heap_pieces_need_no_contiguous_frames),
        cmocka_unit_test(heap_room_that_was_freed_is_used_again),
        cmocka_unit_test(heap_alloc_without_memory_leaves_nothing),
        cmocka_unit_test(heap_alloc_fails_below_a_lock),
        cmocka_unit_test(heap_free_of_what_is_no_piece_is_caught),
        cmocka_unit_test(heap_pieces_come_and_go_as_in_the_model),
    };
    test_random_begin();
    test_frames_start(FRAMES, 0);
    frames_at_start = frames_free();
    page_table_model_init_kernel(&kernel);
    heap_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
