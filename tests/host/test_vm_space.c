/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_model.c tests/host/vm_model_map.c tests/host/vm_model_check.c tests/host/shim_user.c mm/frame.c mm/slab.c kernel/base/account.c tests/host/shim_frames.c tests/host/shim_machine.c mm/vm_space.c mm/vm_map.c mm/vm_unmap.c mm/vm_protect.c mm/vm_area.c mm/vm_pages.c mm/vm_block.c mm/vm_range.c mm/vm_cut.c mm/vm_resize.c mm/vm_clone.c mm/vm_copy.c mm/vm_mapping.c mm/vm_views.c mm/page_batch.c mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_table_set.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_load.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/avl.c lib/string.c */
/* Spaces: what is mapped where, what is refused, and what unmapping leaves. */
#include "mm/vm_mapping.h"
#include "tests/host/vm_steps.h"
#include <test.h>
#include <test_assert.h>

static void space_map_refuses_what_makes_no_sense(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 8, 0);
    static const struct {
        vaddr_t address;
        uint64_t offset, len, flags;
        j6_status_t expected;
    } cases[] = {
        {PLACE + 1, 0, 0, RW, j6_err_invalid_arg},
        {PLACE, 1, PAGE, RW, j6_err_invalid_arg},
        {PLACE, 0, 1, RW, j6_err_invalid_arg},
        {PLACE, 0, 0, RW | j6_map_exec, j6_err_invalid_arg},
        {PLACE, 0, 0, j6_map_write, j6_err_invalid_arg},
        {PLACE, 0, 0, j6_map_exec, j6_err_invalid_arg},
        {PLACE, 0, 0, RW | 1 << 6, j6_err_invalid_arg},
        {PLACE, 0, 0, RW | 1ull << 40, j6_err_invalid_arg},
        {PLACE, PAGE, 0, RW, j6_err_out_of_range},
        {PLACE, 0, 9 * PAGE, RW, j6_err_out_of_range},
        {PLACE, 8 * PAGE, PAGE, RW, j6_err_out_of_range},
        {PLACE, 9 * PAGE, PAGE, RW, j6_err_out_of_range},
        {PLACE, ~0ull & ~(PAGE - 1), 2 * PAGE, RW, j6_err_out_of_range},
        {PLACE, PAGE, ~0ull & ~(PAGE - 1), RW, j6_err_out_of_range},
        {0, 0, PAGE, RW | EXACT, j6_err_out_of_range},
        {USER_START - PAGE, 0, PAGE, RW | EXACT, j6_err_out_of_range},
        {USER_END, 0, PAGE, RW | EXACT, j6_err_out_of_range},
        {USER_END - PAGE, 0, 2 * PAGE, RW | EXACT, j6_err_out_of_range},
        {USER_END - 7 * PAGE, 0, 0, RW | EXACT, j6_err_out_of_range},
        {OFFSET_MAP, 0, PAGE, RW | EXACT, j6_err_out_of_range},
        {~0ull & ~(PAGE - 1), 0, 2 * PAGE, RW | EXACT, j6_err_out_of_range},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        vaddr_t address = cases[i].address;
        assert_int_equal(
            vm_model_map(0, 0, &address, cases[i].offset, cases[i].len, cases[i].flags),
            cases[i].expected);
        vm_model_check();
    }
    vm_model_end();
}

static void space_map_reaches_both_ends_of_the_user_half(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 2, 0);
    map(0, 0, USER_START, 0, 0, RW | EXACT);
    map(0, 0, USER_END - 2 * PAGE, 0, 0, RW | EXACT);
    write(0, USER_START, 1);
    write(0, USER_END - PAGE, 2);
    vm_model_end();
}

static void space_map_of_a_taken_place_collides_or_moves(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 4, 0);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    for (vaddr_t at = PLACE - 3 * PAGE; at < PLACE + 4 * PAGE; at += PAGE) {
        vaddr_t address = at;
        assert_int_equal(vm_model_map(0, 0, &address, 0, 0, RW | EXACT), j6_err_collision);
        assert_int_equal(vm_model_map(0, 0, &address, 0, 0, RW), j6_status_ok);
        assert_in_range(address, vm_model_window(0), vm_model_window(0) + VM_WINDOW_SIZE);
    }
    vm_model_check();
    vm_model_end();
}

static void space_reserved_range_is_taken_and_never_there(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 4, 0);
    map(0, 0, PLACE, 0, 0, EXACT);
    expect_read(0, PLACE, j6_err_bad_address);
    assert_int_equal(vm_model_write(0, PLACE, 1), j6_err_bad_address);
    vm_model_end();
}

static void space_mapping_with_a_guard_shows_nothing_of_its_first_page(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 4, 0);
    map(0, 0, PLACE + 8 * PAGE, 0, 0, RW | EXACT);
    write(0, PLACE + 8 * PAGE, 7); /* the page is there */
    map(0, 0, PLACE, 0, 0, RW | EXACT | j6_map_guard);
    expect_read(0, PLACE, j6_err_bad_address);
    assert_int_equal(vm_model_write(0, PLACE, 1), j6_err_bad_address);
    write(0, PLACE + PAGE, 8);
    write(0, PLACE + 3 * PAGE, 9);
    vm_model_check();
    assert_int_equal(vm_model_unmap(0, 0, PLACE, PAGE), j6_status_ok);
    expect_read(0, PLACE, j6_err_bad_address);
    expect_read(0, PLACE + PAGE, j6_status_ok); /* what is left has no guard */
    vm_model_end();
}

static void space_unmap_of_a_part_leaves_the_rest(void **state)
{
    (void)state;
    for (unsigned from = 0; from < 6; from++) {
        for (unsigned to = from + 1; to <= 6; to++) {
            vm_model_begin();
            vm_model_create(0, 6, 0);
            map(0, 0, PLACE, 0, 0, RW | EXACT);
            for (unsigned i = 0; i < 6; i++) {
                write(0, PLACE + i * PAGE, 100 + i);
            }
            assert_int_equal(vm_model_unmap(0, 0, PLACE + from * PAGE, (to - from) * PAGE),
                             j6_status_ok);
            vm_model_check();
            for (unsigned i = 0; i < 6; i++) {
                bool gone = i >= from && i < to;
                expect_read(0, PLACE + i * PAGE, gone ? j6_err_bad_address : j6_status_ok);
            }
            map(0, 0, PLACE + from * PAGE, from * PAGE, (to - from) * PAGE, RW | EXACT);
            expect_read(0, PLACE + from * PAGE, j6_status_ok);
            vm_model_end();
        }
    }
}

static void space_unmap_finds_only_what_is_there(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 6, 0);
    vm_model_create(1, 6, 0);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    map(0, 1, PLACE + 6 * PAGE, 0, 0, RW | EXACT);
    assert_int_equal(vm_model_unmap(0, 0, PLACE + 1, PAGE), j6_err_invalid_arg);
    assert_int_equal(vm_model_unmap(0, 0, PLACE, 1), j6_err_invalid_arg);
    assert_int_equal(vm_model_unmap(0, 1, PLACE, PAGE), j6_err_not_found);
    assert_int_equal(vm_model_unmap(1, 0, PLACE, PAGE), j6_err_not_found);
    assert_int_equal(vm_model_unmap(0, 0, PLACE + PAGE, 0), j6_err_not_found);
    assert_int_equal(vm_model_unmap(0, 0, PLACE, 7 * PAGE), j6_err_not_found);
    assert_int_equal(vm_model_unmap(0, 0, PLACE - PAGE, 2 * PAGE), j6_err_not_found);
    assert_int_equal(vm_model_unmap(0, 0, PLACE + PAGE, ~0ull & ~(PAGE - 1)), j6_err_not_found);
    vm_model_check();
    vm_model_end();
}

static void space_of_many_pages_is_cleared_in_steps(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, VM_MODEL_PAGES, 0);
    for (unsigned i = 0; i < 40; i++) {
        map(0, 0, PLACE + i * (1ull << 32), 0, VM_MODEL_PAGES * PAGE, RW | EXACT);
        write(0, PLACE + i * (1ull << 32) + i * PAGE, i);
    }
    for (unsigned i = 0; i < VM_MODEL_PAGES; i++) {
        expect_read(0, PLACE + i * PAGE, j6_status_ok);
    }
    vm_model_check();
    vm_model_renew_space(0);
    vm_model_check();
    vm_model_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_map_refuses_what_makes_no_sense),
        cmocka_unit_test(space_map_reaches_both_ends_of_the_user_half),
        cmocka_unit_test(space_map_of_a_taken_place_collides_or_moves),
        cmocka_unit_test(space_reserved_range_is_taken_and_never_there),
        cmocka_unit_test(space_mapping_with_a_guard_shows_nothing_of_its_first_page),
        cmocka_unit_test(space_unmap_of_a_part_leaves_the_rest),
        cmocka_unit_test(space_unmap_finds_only_what_is_there),
        cmocka_unit_test(space_of_many_pages_is_cleared_in_steps),
    };
    vm_model_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
