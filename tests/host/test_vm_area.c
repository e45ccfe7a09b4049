/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_model.c tests/host/vm_model_map.c tests/host/vm_model_check.c tests/host/shim_user.c mm/frame.c mm/slab.c kernel/base/account.c tests/host/shim_frames.c tests/host/shim_machine.c mm/vm_space.c mm/vm_map.c mm/vm_unmap.c mm/vm_protect.c mm/vm_area.c mm/vm_pages.c mm/vm_block.c mm/vm_range.c mm/vm_cut.c mm/vm_resize.c mm/vm_clone.c mm/vm_copy.c mm/vm_mapping.c mm/vm_views.c mm/page_batch.c mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_table_set.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_load.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/avl.c lib/string.c */
/* Areas: their pages, their size, their life; seen through mappings and without. */
#include "tests/host/vm_steps.h"
#include "arch/layout.h"
#include "mm/frame.h"
#include "mm/memory.h"
#include "mm/slab.h"
#include "mm/vm_copy.h"
#include <string.h>
#include <test.h>
#include <test_assert.h>

static paddr_t module; /* frames that nobody was given */

static void area_pages_are_zero_until_they_are_written(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 4, 0);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    for (unsigned i = 0; i < 4; i++) {
        expect_read(0, PLACE + i * PAGE, j6_status_ok);
        write(0, PLACE + i * PAGE, i + 1);
        expect_read(0, PLACE + i * PAGE, j6_status_ok);
    }
    expect_read(0, PLACE - 1, j6_err_bad_address);
    expect_read(0, PLACE + 4 * PAGE, j6_err_bad_address);
    vm_model_end();
}

static void area_is_the_same_in_all_spaces(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 8, 0);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    map(1, 0, PLACE + 64 * PAGE, 2 * PAGE, 4 * PAGE, RW | EXACT);
    map(0, 0, PLACE + 32 * PAGE, 0, 3 * PAGE, j6_map_read | EXACT);
    write(0, PLACE + 2 * PAGE, 77);
    write(1, PLACE + 65 * PAGE, 78);
    expect_read(0, PLACE + 3 * PAGE, j6_status_ok);
    expect_read(0, PLACE + 34 * PAGE, j6_status_ok);
    expect_read(1, PLACE + 64 * PAGE, j6_status_ok);
    assert_int_equal(vm_model_write(0, PLACE + 34 * PAGE, 1), j6_err_bad_address);
    vm_model_end();
}

static void area_lives_while_a_mapping_does(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 8, 0);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    write(0, PLACE, 5);
    vm_model_drop(0);
    vm_model_check();
    expect_read(0, PLACE, j6_status_ok);
    assert_int_equal(vm_model_unmap(0, 0, PLACE, 0), j6_status_ok);
    vm_model_check();
    vm_model_end();
}

static void area_of_fixed_memory_is_that_memory(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create_fixed(1, 20);
    map(0, 1, PLACE, 3 * PAGE, 10 * PAGE, RW | EXACT);
    map(1, 1, PLACE, 0, 0, RW | EXACT);
    write(0, PLACE + 2 * PAGE, 99);
    expect_read(1, PLACE + 5 * PAGE, j6_status_ok);
    assert_int_equal(vm_model_resize(1, PAGE), j6_err_bad_state);
    assert_int_equal(vm_model_resize(1, 0), j6_err_out_of_range);
    vm_model_end();
}

static void area_of_no_size_or_too_much_is_out_of_range(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {0, VM_AREA_MAX_SIZE + 1, ~0ull};
    struct account account;
    struct vm_area *area = NULL;
    account_init_root(&account, 1 << 20);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(vm_area_create_open(&account, sizes[i], 0, &area), j6_err_out_of_range);
        assert_int_equal(vm_area_create_fixed(&account, 0, sizes[i], 0, &area),
                         j6_err_out_of_range);
    }
    assert_null(area);
    assert_int_equal(account.left[ACCOUNT_MEMORY], 1 << 20);
    assert_int_equal(account.refs, 1);
    assert_int_equal(vm_area_create_open(&account, VM_AREA_MAX_SIZE, 0, &area), j6_status_ok);
    kobject_put(&area->object);
    grace_pass();
}

static void area_holds_what_lies_inside_of_it(void **state)
{
    (void)state;
    struct account account;
    struct vm_area *area;
    account_init_root(&account, 1 << 20);
    assert_int_equal(vm_area_create_open(&account, 5 * PAGE - 1, 0, &area), j6_status_ok);
    assert_true(vm_area_holds(area, 0, 5 * PAGE));
    assert_true(vm_area_holds(area, 5 * PAGE, 0));
    assert_true(vm_area_holds(area, 5 * PAGE - 1, 1));
    assert_false(vm_area_holds(area, 5 * PAGE - 1, 2));
    assert_false(vm_area_holds(area, 5 * PAGE + 1, 0));
    assert_false(vm_area_holds(area, 1, ~0ull));
    assert_false(vm_area_holds(area, ~0ull, 1));
    kobject_put(&area->object);
    grace_pass();
    assert_int_equal(account.left[ACCOUNT_MEMORY], 1 << 20);
}

static void area_write_reaches_over_pages_and_stops_at_the_end(void **state)
{
    (void)state;
    static uint8_t data[3 * PAGE];
    struct account account;
    struct vm_area *area;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 7 + i / PAGE + 1);
    }
    account_init_root(&account, 1 << 20);
    assert_int_equal(vm_area_create_open(&account, 4 * PAGE, 0, &area), j6_status_ok);
    assert_int_equal(vm_area_write(area, 100, data, sizeof(data)), j6_status_ok);
    assert_int_equal(vm_area_write(area, 4 * PAGE - 10, data, 11), j6_err_out_of_range);
    assert_int_equal(vm_area_write(area, 4 * PAGE, data, 0), j6_status_ok);
    for (uint64_t at = 0; at < 4 * PAGE; at++) {
        paddr_t page = vm_area_peek_locked(area, at);
        uint8_t byte = ((const uint8_t *)phys_to_virt(page))[at % PAGE];
        uint64_t last = 4 * PAGE - 10;
        assert_int_equal(byte, at >= last                         ? data[at - last]
                               : at >= 100 && at < 100 + 3 * PAGE ? data[at - 100]
                                                                  : 0);
    }
    kobject_put(&area->object);
    grace_pass();
    assert_int_equal(account.left[ACCOUNT_MEMORY], 1 << 20);
}

static void area_of_fixed_memory_has_no_pages_to_work_on(void **state)
{
    (void)state;
    struct account account;
    struct vm_area *area;
    struct vm_area *clone = NULL;
    uint64_t done;
    account_init_root(&account, 1 << 20);
    assert_int_equal(vm_area_create_fixed(&account, 0xfd000000, PAGE, 0, &area), j6_status_ok);
    assert_int_equal(vm_area_commit(area, 0, PAGE, false, &done), j6_err_bad_state);
    assert_int_equal(vm_area_decommit(area, 0, PAGE, &done), j6_err_bad_state);
    assert_int_equal(vm_area_zero(area, 0, PAGE, &done), j6_err_bad_state);
    assert_int_equal(vm_area_clone(area, &account, 0, PAGE, 0, &clone), j6_err_bad_state);
    assert_null(clone);
    kobject_put(&area->object);
    grace_pass();
    assert_int_equal(account.left[ACCOUNT_MEMORY], 1 << 20);
}

static void area_resized_keeps_what_stays_and_zeroes_what_comes(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 150, j6_vma_flag_resizable);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    map(1, 0, PLACE, 50 * PAGE, 60 * PAGE, RW | EXACT);
    for (unsigned i = 0; i < 150; i++) {
        write(0, PLACE + i * PAGE, 1000 + i);
    }
    for (unsigned i = 0; i < 60; i++) {
        expect_read(1, PLACE + i * PAGE, j6_status_ok);
    }
    static const uint64_t sizes[] = {149, 100, 80, 200, 60, 1, 150};
    for (unsigned n = 0; n < sizeof(sizes) / sizeof(sizes[0]); n++) {
        assert_int_equal(vm_model_resize(0, sizes[n] * PAGE - 100), j6_status_ok);
        vm_model_check();
        for (unsigned i = 0; i <= 200; i++) {
            expect_read(0, PLACE + i * PAGE, i < sizes[n] ? j6_status_ok : j6_err_bad_address);
        }
        for (unsigned i = 0; i < 60; i++) {
            expect_read(1, PLACE + i * PAGE, 50 + i < sizes[n] ? j6_status_ok : j6_err_bad_address);
        }
    }
    vm_model_end();
}

static void area_resize_without_room_changes_nothing(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 4, j6_vma_flag_resizable);
    vm_model_create(1, 4, 0);
    map(0, 0, PLACE, 0, 0, RW | EXACT);
    map(1, 0, PLACE, 0, 0, RW | EXACT);
    map(1, 1, PLACE + 6 * PAGE, 0, 0, RW | EXACT);
    map(0, 0, USER_END - 10 * PAGE, 0, 0, RW | EXACT);
    assert_int_equal(vm_model_resize(0, 6 * PAGE), j6_status_ok);
    vm_model_check();
    assert_int_equal(vm_model_resize(0, 7 * PAGE), j6_err_collision);
    vm_model_check();
    assert_int_equal(vm_model_unmap(1, 1, PLACE + 6 * PAGE, 0), j6_status_ok);
    assert_int_equal(vm_model_resize(0, 10 * PAGE), j6_status_ok);
    assert_int_equal(vm_model_resize(0, 11 * PAGE), j6_err_collision);
    assert_int_equal(vm_model_resize(0, 0), j6_err_out_of_range);
    assert_int_equal(vm_model_resize(0, VM_AREA_MAX_SIZE + 1), j6_err_out_of_range);
    assert_int_equal(vm_model_resize(0, ~0ull), j6_err_out_of_range);
    assert_int_equal(vm_model_resize(0, VM_AREA_MAX_SIZE), j6_err_collision);
    vm_model_check();
    vm_model_end();
}

/* Each clearing leaves three tables empty, more than one batch takes. */
static void area_shrinks_that_is_mapped_in_many_far_places(void **state)
{
    (void)state;
    vm_model_begin();
    vm_model_create(0, 3, j6_vma_flag_resizable);
    for (unsigned i = 0; i < 40; i++) {
        vaddr_t place = (i + 1) * (1ull << 39);
        map(i % 2, 0, place, PAGE, 2 * PAGE, RW | EXACT);
        expect_read(i % 2, place, j6_status_ok);
        expect_read(i % 2, place + PAGE, j6_status_ok);
    }
    vm_model_check();
    assert_int_equal(vm_model_resize(0, PAGE), j6_status_ok);
    vm_model_check();
    for (unsigned i = 0; i < 40; i++) {
        expect_read(i % 2, (i + 1) * (1ull << 39), j6_err_bad_address);
    }
    vm_model_end();
}

/* A module of the boot loader: frames that nobody had; the last page is only partly the file's. */
static void area_that_adopts_frames_frees_them_at_its_end(void **state)
{
    (void)state;
    struct account account;
    struct vm_area *area;
    account_init_root(&account, 1 << 20);
    memory_drain();
    uint64_t before = frames_free();
    memset(phys_to_virt(module), 0x77, VM_MODEL_MORE * PAGE);
    const uint64_t size = VM_MODEL_MORE * PAGE - 100;
    assert_int_equal(vm_area_adopt(&account, module, size, &area), j6_status_ok);
    assert_int_equal(area->size, VM_MODEL_MORE * PAGE);
    const uint8_t *bytes = phys_to_virt(module);
    for (uint64_t i = 0; i < area->size; i++) {
        assert_int_equal(bytes[i], i < size ? 0x77 : 0);
    }
    assert_int_equal(vm_area_peek_locked(area, 3 * PAGE + 5), module + 3 * PAGE);
    assert_int_equal((1 << 20) - account.left[ACCOUNT_MEMORY],
                     VM_MODEL_MORE * PAGE + SLAB_COST(sizeof(struct vm_area)) +
                         SLAB_COST(sizeof(struct page_tree_node)));
    kobject_put(&area->object);
    grace_pass();
    memory_drain();
    assert_int_equal(frames_free(), before + VM_MODEL_MORE);
    assert_int_equal(account.left[ACCOUNT_MEMORY], 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_pages_are_zero_until_they_are_written),
        cmocka_unit_test(area_is_the_same_in_all_spaces),
        cmocka_unit_test(area_lives_while_a_mapping_does),
        cmocka_unit_test(area_of_fixed_memory_is_that_memory),
        cmocka_unit_test(area_shrinks_that_is_mapped_in_many_far_places),
        cmocka_unit_test(area_of_no_size_or_too_much_is_out_of_range),
        cmocka_unit_test(area_holds_what_lies_inside_of_it),
        cmocka_unit_test(area_write_reaches_over_pages_and_stops_at_the_end),
        cmocka_unit_test(area_of_fixed_memory_has_no_pages_to_work_on),
        cmocka_unit_test(area_resized_keeps_what_stays_and_zeroes_what_comes),
        cmocka_unit_test(area_resize_without_room_changes_nothing),
        cmocka_unit_test(area_that_adopts_frames_frees_them_at_its_end),
    };
    module = vm_model_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
