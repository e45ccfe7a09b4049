/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_model.c tests/host/vm_model_map.c tests/host/vm_model_check.c tests/host/shim_user.c tests/host/shim_failures.c tests/host/shim_frames.c tests/host/shim_machine.c mm/vm_space.c mm/vm_map.c mm/vm_unmap.c mm/vm_protect.c mm/vm_area.c mm/vm_pages.c mm/vm_block.c mm/vm_range.c mm/vm_cut.c mm/vm_resize.c mm/vm_clone.c mm/vm_copy.c mm/vm_mapping.c mm/vm_views.c mm/page_batch.c mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_table_set.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_load.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/avl.c lib/string.c */
/* What another CPU does in between: tests do it where this one spins for an area, or lets others run. */
#include "arch/arch.h"
#include "arch/layout.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "kernel/base/grace.h"
#include "mm/frame.h"
#include "mm/memory.h"
#include "mm/vm_copy.h"
#include "tests/host/vm_model.h"
#include <test.h>
#include <test_assert.h>
#include <test_failures.h>

#define RW    (j6_map_read | j6_map_write)
#define PAGE  PAGE_SIZE
#define BLOCK LARGE_PAGE_SIZE
#define PLACE 0x123400000000ull

static struct account account;
static struct vm_space space;
static struct vm_area *area;

static void begin(uint64_t size, uint32_t flags, uint64_t map_flags)
{
    vaddr_t place = PLACE;
    account_init_root(&account, 64 << 20);
    assert_int_equal(vm_space_init(&space, &account), j6_status_ok);
    assert_int_equal(vm_area_create_open(&account, size, flags, &area), j6_status_ok);
    assert_int_equal(vm_space_map(&space, area, &place, 0, 0, map_flags | j6_map_exact),
                     j6_status_ok);
}

/* Nothing is left of it all. */
static void end(void)
{
    if (area != NULL) {
        kobject_put(&area->object);
    }
    vm_space_destroy(&space);
    grace_pass();
    assert_int_equal(account.left[ACCOUNT_MEMORY], 64 << 20);
    assert_int_equal(account.refs, 1);
}

/* The page that the space shows, or 0. */
static paddr_t shown(vaddr_t address)
{
    paddr_t page;
    uint32_t flags;
    return page_table_find(&space.table, address, &page, &flags) ? page : 0;
}

/* What another CPU does while this one waits for the area, once; nothing is held. */
static void (*meanwhile)(void);

void arch_spin_pause(void)
{
    void (*act)(void) = meanwhile;
    assert_non_null(act);
    meanwhile = NULL;
    area->unflushed = 0;
    act();
}

static void happens_meanwhile(void (*act)(void))
{
    meanwhile = act;
    area->unflushed = 1; /* as if another CPU were telling TLBs: who wants the area waits */
}

static void protect_second_page(void)
{
    assert_int_equal(vm_space_protect(&space, area, PLACE + PAGE, PAGE, j6_map_read), j6_status_ok);
}

static void protect_second_page_back(void)
{
    assert_int_equal(vm_space_protect(&space, area, PLACE + PAGE, PAGE, RW), j6_status_ok);
}

static void protect_first_page(void)
{
    assert_int_equal(vm_space_protect(&space, area, PLACE, PAGE, 0), j6_status_ok);
}

static void unmap_second_page(void)
{
    assert_int_equal(vm_space_unmap(&space, area, PLACE + PAGE, PAGE), j6_status_ok);
}

static void fault_finds_the_rest_of_a_mapping_that_is_cut_meanwhile(void **state)
{
    (void)state;
    void (*const cut[])(void) = {protect_first_page, protect_second_page, unmap_second_page};
    for (unsigned i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
        begin(4 * PAGE, 0, RW);
        happens_meanwhile(cut[i]);
        assert_int_equal(vm_space_fault(&space, PLACE + 3 * PAGE, VM_ACCESS_WRITE), j6_status_ok);
        assert_null(meanwhile);
        assert_true(shown(PLACE + 3 * PAGE) != 0);
        end();
    }
}

static void fault_finds_the_mapping_that_another_is_joined_with_meanwhile(void **state)
{
    (void)state;
    begin(4 * PAGE, 0, RW);
    protect_second_page();
    happens_meanwhile(protect_second_page_back);
    assert_int_equal(vm_space_fault(&space, PLACE + 3 * PAGE, VM_ACCESS_WRITE), j6_status_ok);
    assert_null(meanwhile);
    end();
}

static void fault_on_what_is_taken_away_meanwhile_is_a_bad_address(void **state)
{
    (void)state;
    begin(4 * PAGE, 0, RW);
    happens_meanwhile(unmap_second_page);
    assert_int_equal(vm_space_fault(&space, PLACE + PAGE, VM_ACCESS_READ), j6_err_bad_address);
    happens_meanwhile(protect_first_page);
    assert_int_equal(vm_space_fault(&space, PLACE, VM_ACCESS_READ), j6_err_bad_address);
    assert_int_equal(shown(PLACE) | shown(PLACE + PAGE), 0);
    end();
}

static void copy_finds_the_rest_of_a_mapping_that_is_cut_meanwhile(void **state)
{
    (void)state;
    struct vm_copy copy = {.user = {PLACE}, .len = 100, .space = &space, .start = PLACE + 2 * PAGE};
    begin(4 * PAGE, 0, RW);
    page_table_load(&space.table);
    happens_meanwhile(unmap_second_page);
    assert_int_equal(vm_copy(&copy), j6_status_ok);
    assert_null(meanwhile);
    assert_int_equal(copy.done, 100);
    page_table_load(&kernel_page_table);
    end();
}

static void nothing(void)
{
}

/* Another CPU has cleared entries, and is still telling the TLBs. */
static void taking_away_waits_for_those_who_are_taking_away(void **state)
{
    (void)state;
    begin(4 * PAGE, 0, RW);
    assert_int_equal(vm_space_fault(&space, PLACE, VM_ACCESS_READ), j6_status_ok);
    happens_meanwhile(nothing);
    assert_int_equal(vm_space_protect(&space, area, PLACE, 4 * PAGE, j6_map_read), j6_status_ok);
    assert_null(meanwhile);
    happens_meanwhile(nothing);
    assert_int_equal(vm_space_protect(&space, area, PLACE, 4 * PAGE, 0), j6_status_ok);
    assert_null(meanwhile);
    happens_meanwhile(nothing);
    assert_int_equal(vm_space_unmap(&space, area, PLACE, 0), j6_status_ok);
    assert_null(meanwhile);
    end();
}

static void revoke_again(void)
{
    vm_area_revoke(area);
    assert_int_equal(shown(PLACE), 0);
    assert_int_equal(page_tree_pages(&area->pages), 0);
}

static unsigned steps;

/* What happens at the next step point. */
static void (*at_step)(void);

bool kernel_step_point(void)
{
    void (*act)(void) = at_step;
    steps++;
    at_step = NULL;
    if (act != NULL) {
        act();
    }
    return true;
}

/* The first one has come to a step point with a mapping left. */
static void revoking_twice_at_once_leaves_nothing_to_either(void **state)
{
    (void)state;
    begin(200 * PAGE, j6_vma_flag_revocable, RW);
    for (unsigned i = 0; i < 200; i++) {
        assert_int_equal(vm_space_fault(&space, PLACE + i * PAGE, VM_ACCESS_WRITE), j6_status_ok);
    }
    at_step = revoke_again;
    vm_area_revoke(area);
    assert_null(at_step);
    assert_int_equal(shown(PLACE), 0);
    end();
}

/* Of either kind, or to what the size is already. */
static void resize_again(void)
{
    for (uint64_t pages = 1; pages < 10; pages++) {
        assert_int_equal(vm_area_resize(area, pages * PAGE), j6_status_would_block);
    }
}

static void expect_size(uint64_t size)
{
    assert_int_equal(area->size, size);
    assert_int_equal(vm_space_fault(&space, PLACE + size - PAGE, VM_ACCESS_READ), j6_status_ok);
    assert_int_equal(vm_space_fault(&space, PLACE + size, VM_ACCESS_READ), j6_err_bad_address);
}

static void resize_during_another_would_block(void **state)
{
    (void)state;
    begin(4 * PAGE, j6_vma_flag_resizable, RW);
    at_step = resize_again; /* the mapping has grown, the area not yet */
    assert_int_equal(vm_area_resize(area, 8 * PAGE), j6_status_ok);
    assert_null(at_step);
    expect_size(8 * PAGE);
    happens_meanwhile(resize_again);
    assert_int_equal(vm_area_resize(area, 3 * PAGE), j6_status_ok);
    assert_null(meanwhile);
    expect_size(3 * PAGE);
    at_step = resize_again; /* the area has shrunk, the mapping not yet */
    assert_int_equal(vm_area_resize(area, 2 * PAGE), j6_status_ok);
    assert_null(at_step);
    expect_size(2 * PAGE);
    assert_int_equal(vm_area_resize(area, 5 * PAGE), j6_status_ok);
    expect_size(5 * PAGE);
    end();
}

/* Each mapping is looked at a few times, not once for each of the others. */
static void area_with_many_mappings_is_revoked(void **state)
{
    (void)state;
    begin(PAGE, j6_vma_flag_revocable, RW);
    for (unsigned i = 1; i < 20000; i++) {
        vaddr_t place = PLACE + i * PAGE;
        assert_int_equal(vm_space_map(&space, area, &place, 0, 0, RW), j6_status_ok);
        if (i % 100 == 0) {
            assert_int_equal(vm_space_fault(&space, place, VM_ACCESS_WRITE), j6_status_ok);
        }
    }
    vm_area_revoke(area);
    assert_int_equal(shown(PLACE + 100 * PAGE), 0);
    end();
}

static unsigned interrupts;

void arch_let_interrupts_in(void)
{
    interrupts++;
}

static void map_a_thousand_times(void)
{
    begin(PAGE, 0, RW);
    for (unsigned i = 1; i < 1000; i++) {
        vaddr_t place = PLACE + i * PAGE;
        assert_int_equal(vm_space_map(&space, area, &place, 0, 0, RW), j6_status_ok);
    }
}

/* Also those that have shown nothing, and those whose only page is cleared in one step. */
static void space_with_many_mappings_ends_in_steps(void **state)
{
    (void)state;
    for (unsigned shown_pages = 0; shown_pages <= 1000; shown_pages += 1000) {
        map_a_thousand_times();
        for (unsigned i = 0; i < shown_pages; i++) {
            assert_int_equal(vm_space_fault(&space, PLACE + i * PAGE, VM_ACCESS_READ),
                             j6_status_ok);
        }
        steps = 0;
        end();
        assert_in_range(steps, 1000 / 64, 1000);
    }
}

static void many_mappings_are_freed_with_interrupts_coming_in(void **state)
{
    (void)state;
    map_a_thousand_times();
    interrupts = 0;
    end();
    assert_in_range(interrupts, 1000 / 64, 1000);
}

static void area_ends(void)
{
    struct vm_area *ending = area;
    assert_int_equal(vm_space_unmap(&space, area, PLACE, 0), j6_status_ok);
    kobject_put(&ending->object);
}

/* The fault has found the mapping, and is about to look what the area needs. */
static void fault_brings_no_block_into_an_area_that_ends_meanwhile(void **state)
{
    (void)state;
    begin(BLOCK, j6_vma_flag_large, RW);
    happens_meanwhile(area_ends);
    assert_int_equal(vm_space_fault(&space, PLACE, VM_ACCESS_WRITE), j6_err_bad_address);
    assert_null(meanwhile);
    area = NULL;
    end();
}

static void area_that_has_ended_is_not_cloned(void **state)
{
    (void)state;
    struct vm_area *clone = NULL;
    begin(PAGE, 0, RW);
    area_ends();
    assert_int_equal(vm_area_clone(area, &account, 0, PAGE, 0, &clone), j6_err_out_of_range);
    assert_null(clone);
    area = NULL;
    end();
}

/* A block of a clone can't be split for want of a table, but its page was replaced already. */
static void fault_that_fails_shows_no_page_that_the_area_has_given_up(void **state)
{
    (void)state;
    begin(BLOCK, j6_vma_flag_large, RW);
    struct vm_area *clone;
    assert_int_equal(vm_space_fault(&space, PLACE, VM_ACCESS_WRITE), j6_status_ok);
    assert_int_equal(vm_area_clone(area, &account, 0, BLOCK, 0, &clone), j6_status_ok);
    j6_status_t status;
    int64_t step = 0;
    do {
        memory_drain();
        test_steps_left = step++;
        status = vm_space_fault(&space, PLACE + 5 * PAGE, VM_ACCESS_WRITE);
        test_steps_left = -1;
        paddr_t page = shown(PLACE + 5 * PAGE);
        assert_true(page == 0 || page == vm_area_peek_locked(area, 5 * PAGE));
    } while (status != j6_status_ok);
    assert_true(step > 3);
    kobject_put(&clone->object);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_finds_the_rest_of_a_mapping_that_is_cut_meanwhile),
        cmocka_unit_test(fault_finds_the_mapping_that_another_is_joined_with_meanwhile),
        cmocka_unit_test(fault_on_what_is_taken_away_meanwhile_is_a_bad_address),
        cmocka_unit_test(copy_finds_the_rest_of_a_mapping_that_is_cut_meanwhile),
        cmocka_unit_test(taking_away_waits_for_those_who_are_taking_away),
        cmocka_unit_test(revoking_twice_at_once_leaves_nothing_to_either),
        cmocka_unit_test(resize_during_another_would_block),
        cmocka_unit_test(area_with_many_mappings_is_revoked),
        cmocka_unit_test(space_with_many_mappings_ends_in_steps),
        cmocka_unit_test(many_mappings_are_freed_with_interrupts_coming_in),
        cmocka_unit_test(fault_brings_no_block_into_an_area_that_ends_meanwhile),
        cmocka_unit_test(area_that_has_ended_is_not_cloned),
        cmocka_unit_test(fault_that_fails_shows_no_page_that_the_area_has_given_up),
    };
    vm_model_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
