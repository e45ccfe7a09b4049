/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/guarded.c mm/kernel_pages.c mm/frame.c arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_model.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/bitmap.c lib/string.c */
/* Guarded sections: pages that are there, guards that aren't, and nothing left behind. */
#include "mm/guarded.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "mm/frame.h"
#include "mm/page_batch.h"
#include "mm/vm_space.h"
#include "tests/host/page_table_model.h"
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_frames.h>
#include <test_machine.h>
#include <test_random.h>

enum { FRAMES = 1024, SECTION_PAGES = 3, SECTIONS = 128 };

uint32_t page_memory_caching = PAGE_WRITE_THROUGH;
struct vm_space kernel_space = {.table_lock = SPINLOCK_INIT(RANK_PAGE_TABLE)};

static struct page_table_model kernel;
static uint64_t used[SECTIONS / 64];
static struct guarded_area area = {
    .base = STACKS_BASE,
    .section_pages = SECTION_PAGES,
    .sections = SECTIONS,
    .area = GUARDED_AREA_INIT(STACKS_SIZE),
    .used = used,
};
static uint64_t frames_at_start;

void page_batch_finish(struct page_batch *batch)
{
    page_batch_free_tables(batch);
    while (batch->frame_count > 0) {
        frame_put(batch->frames[--batch->frame_count]);
    }
}

static uint64_t section_of(vaddr_t start)
{
    return (start - STACKS_BASE) / ((SECTION_PAGES + 1) * PAGE_SIZE);
}

static bool is_mapped(vaddr_t address)
{
    paddr_t page;
    uint32_t flags;
    bool mapped = page_table_find(&kernel_page_table, address, &page, &flags);
    assert_true(!mapped || flags == (PAGE_WRITE | PAGE_GLOBAL | PAGE_WRITE_THROUGH));
    assert_true(!mapped || frame_of(page)->state == FRAME_USED);
    return mapped;
}

static vaddr_t section_alloc(void)
{
    vaddr_t start = 0;
    assert_int_equal(guarded_alloc(&area, &start), j6_status_ok);
    assert_int_equal((start - PAGE_SIZE - STACKS_BASE) % ((SECTION_PAGES + 1) * PAGE_SIZE), 0);
    assert_false(is_mapped(start - PAGE_SIZE));
    for (unsigned i = 0; i < SECTION_PAGES; i++) {
        assert_true(is_mapped(start + i * PAGE_SIZE));
    }
    assert_false(is_mapped(start + SECTION_PAGES * PAGE_SIZE));
    return start;
}

/* What every test leaves behind. */
static void check_empty(void)
{
    page_table_model_check(&kernel);
    frame_drain();
    assert_int_equal(frames_free(), frames_at_start);
    assert_int_equal(kernel_page_table.tables, kernel.permanent);
    assert_int_equal(test_tables_live, kernel.permanent);
    for (unsigned i = 0; i < SECTIONS / 64; i++) {
        assert_int_equal(used[i], 0);
    }
}

static void guarded_section_has_pages_behind_a_guard(void **state)
{
    (void)state;
    vaddr_t start = section_alloc();
    assert_int_equal(start, STACKS_BASE + PAGE_SIZE);
    guarded_free(&area, start);
    assert_false(is_mapped(start));
    check_empty();
}

static void guarded_section_that_was_freed_is_the_next_one(void **state)
{
    (void)state;
    vaddr_t starts[8];
    for (unsigned i = 0; i < 8; i++) {
        starts[i] = section_alloc();
        assert_int_equal(section_of(starts[i]), i);
    }
    static const unsigned order[] = {3, 6, 1};
    for (unsigned i = 0; i < 3; i++) {
        guarded_free(&area, starts[order[i]]);
    }
    assert_int_equal(section_alloc(), starts[1]);
    assert_int_equal(section_alloc(), starts[3]);
    assert_int_equal(section_alloc(), starts[6]);
    assert_int_equal(section_of(section_alloc()), 8);
    for (unsigned i = 0; i < 9; i++) {
        guarded_free(&area, STACKS_BASE + PAGE_SIZE + i * (SECTION_PAGES + 1) * PAGE_SIZE);
    }
    check_empty();
}

static void guarded_area_that_is_full_is_no_memory(void **state)
{
    (void)state;
    vaddr_t starts[SECTIONS];
    for (unsigned i = 0; i < SECTIONS; i++) {
        starts[i] = section_alloc();
    }
    vaddr_t none = 1;
    assert_int_equal(guarded_alloc(&area, &none), j6_err_no_memory);
    assert_int_equal(none, 1);
    guarded_free(&area, starts[77]);
    assert_int_equal(section_alloc(), starts[77]);
    assert_int_equal(guarded_alloc(&area, &none), j6_err_no_memory);
    for (unsigned i = 0; i < SECTIONS; i++) {
        guarded_free(&area, starts[i]);
    }
    check_empty();
}

/* With 0, 1, 2 … frames, then with 0, 1, 2 … tables to be had. */
static void guarded_alloc_without_memory_leaves_nothing(void **state)
{
    (void)state;
    vaddr_t start = 1;
    for (unsigned frames = 0; frames < SECTION_PAGES; frames++) {
        test_frames_leave(0, frames);
        assert_int_equal(guarded_alloc(&area, &start), j6_err_no_memory);
        test_frames_restore();
        check_empty();
    }
    for (unsigned tables = 0; tables < 2; tables++) {
        test_tables_left = tables;
        assert_int_equal(guarded_alloc(&area, &start), j6_err_no_memory);
        test_tables_left = -1;
        check_empty();
    }
    assert_int_equal(start, 1);
}

static void guarded_section_that_grows_has_the_pages_that_it_grew_to(void **state)
{
    (void)state;
    vaddr_t start = 0;
    assert_int_equal(guarded_alloc_first(&area, &start), j6_status_ok);
    for (unsigned pages = 1; pages <= SECTION_PAGES; pages++) {
        assert_false(is_mapped(start - PAGE_SIZE));
        assert_true(is_mapped(start + (pages - 1) * PAGE_SIZE));
        assert_false(is_mapped(start + pages * PAGE_SIZE));
        if (pages < SECTION_PAGES) {
            test_frames_leave(0, 0);
            assert_int_equal(guarded_grow(start + pages * PAGE_SIZE), j6_err_no_memory);
            test_frames_restore();
            assert_int_equal(guarded_grow(start + pages * PAGE_SIZE), j6_status_ok);
        }
    }
    guarded_free(&area, start);
    assert_int_equal(guarded_alloc_first(&area, &start), j6_status_ok);
    guarded_free(&area, start);
    check_empty();
}

static void guarded_sections_come_and_go_at_random(void **state)
{
    (void)state;
    vaddr_t starts[SECTIONS];
    unsigned count = 0;
    for (int i = 0; i < 5000; i++) {
        if (count < SECTIONS && test_random_below(2) == 0) {
            starts[count] = section_alloc();
            for (unsigned n = 0; n < count; n++) {
                assert_int_not_equal(starts[n], starts[count]);
            }
            count++;
        } else if (count > 0) {
            unsigned which = (unsigned)test_random_below(count);
            guarded_free(&area, starts[which]);
            starts[which] = starts[--count];
        }
    }
    while (count > 0) {
        guarded_free(&area, starts[--count]);
    }
    check_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guarded_section_has_pages_behind_a_guard),
        cmocka_unit_test(guarded_section_that_was_freed_is_the_next_one),
        cmocka_unit_test(guarded_area_that_is_full_is_no_memory),
        cmocka_unit_test(guarded_alloc_without_memory_leaves_nothing),
        cmocka_unit_test(guarded_section_that_grows_has_the_pages_that_it_grew_to),
        cmocka_unit_test(guarded_sections_come_and_go_at_random),
    };
    test_random_begin();
    test_frames_start(FRAMES, 0);
    frames_at_start = frames_free();
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
