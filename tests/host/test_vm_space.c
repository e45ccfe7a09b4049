/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_model.c tests/host/shim_frames.c tests/host/shim_machine.c mm/vm_space.c mm/vm_map.c mm/vm_area.c mm/vm_resize.c mm/vm_mapping.c mm/page_tree.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c lib/avl.c lib/string.c */
/* Spaces, areas and mappings together, against a model; with memory and without. */
#include "tests/host/vm_model.h"
#include <test.h>
#include <test_assert.h>
#include <test_random.h>

#define RW    (j6_map_read | j6_map_write)
#define EXACT j6_map_exact
#define PAGE  PAGE_SIZE

/* A place that nothing chooses by itself. */
#define PLACE 0x123400000000ull

static void map(unsigned space, unsigned area, vaddr_t address, uint64_t offset, uint64_t len,
                uint64_t flags)
{
    assert_int_equal(vm_model_map(space, area, &address, offset, len, flags), j6_status_ok);
    vm_model_check();
}

static void write(unsigned space, vaddr_t address, uint64_t value)
{
    assert_int_equal(vm_model_write(space, address, value), j6_status_ok);
}

static void expect_read(unsigned space, vaddr_t address, j6_status_t expected)
{
    assert_int_equal(vm_model_read(space, address), expected);
}

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
    vm_model_end();
}

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
        {PLACE, 0, 0, RW | 1 << 5, j6_err_invalid_arg},
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
        {OFFSET_MAP, 0, PAGE, RW | EXACT, j6_err_out_of_range},
        {~0ull & ~(PAGE - 1), 0, 2 * PAGE, RW | EXACT, j6_err_out_of_range},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        vaddr_t address = cases[i].address;
        assert_int_equal(vm_model_map(0, 0, &address, cases[i].offset, cases[i].len,
                                      cases[i].flags),
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
            expect_read(1, PLACE + i * PAGE,
                        50 + i < sizes[n] ? j6_status_ok : j6_err_bad_address);
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

static uint64_t random_pages(uint64_t limit)
{
    return test_random_below(3) == 0 ? test_random_below(limit) : test_random_below(limit / 8 + 1);
}

/* Close together, so that mappings meet; now and then elsewhere, or nonsense. */
static vaddr_t random_place(void)
{
    switch (test_random_below(16)) {
    case 0: return 0;
    case 1: return USER_END - test_random_below(40) * PAGE;
    case 2: return USER_START + test_random_below(40) * PAGE;
    case 3: return PLACE + test_random_below(1000);
    default: return PLACE + test_random_below(300) * PAGE;
    }
}

static void random_map(unsigned space, unsigned area)
{
    static const uint64_t accesses[] = {RW, RW, j6_map_read, j6_map_read | j6_map_exec, 0};
    uint64_t flags = accesses[test_random_below(5)] | (test_random_below(2) ? EXACT : 0);
    vaddr_t address = random_place();
    bool whole = test_random_below(2) == 0;
    (void)!vm_model_map(space, area, &address, whole ? 0 : random_pages(VM_MODEL_PAGES) * PAGE,
                        whole ? 0 : (1 + random_pages(VM_MODEL_PAGES)) * PAGE, flags);
}

static void random_unmap(void)
{
    unsigned space, area;
    vaddr_t start;
    uint64_t len;
    if (!vm_model_some_mapping(test_random(), &space, &area, &start, &len)) {
        return;
    }
    uint64_t from = test_random_below(len / PAGE + 1) * PAGE;
    bool all = test_random_below(3) == 0;
    vm_model_unmap(space, area, all ? start : start + from,
                   all ? 0 : test_random_below(len / PAGE + 2) * PAGE);
}

static void random_access(void)
{
    unsigned space, area;
    vaddr_t start;
    uint64_t len;
    if (!vm_model_some_mapping(test_random(), &space, &area, &start, &len)) {
        return;
    }
    vaddr_t address = start + test_random_below(len + PAGE);
    if (test_random_below(2) == 0) {
        (void)!vm_model_read(space, address);
    } else {
        (void)!vm_model_write(space, address, test_random());
    }
}

static void random_operation(void)
{
    unsigned space = (unsigned)test_random_below(VM_MODEL_SPACES);
    unsigned area = (unsigned)test_random_below(VM_MODEL_AREAS);
    uint64_t pages = 1 + random_pages(VM_MODEL_PAGES - 1);
    switch (test_random_below(40)) {
    case 0:
    case 1:
    case 2: vm_model_create(area, pages, test_random_below(4) ? j6_vma_flag_resizable : 0); break;
    case 3: vm_model_create_fixed(area, pages); break;
    case 4: vm_model_drop(area); break;
    case 5: vm_model_renew_space(space); break;
    case 6:
    case 7:
    case 8:
    case 9:
    case 10: (void)!vm_model_resize(area, pages * PAGE - test_random_below(PAGE)); break;
    case 11:
    case 12: (void)!vm_model_write_area(area, pages * PAGE, pages); break;
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
    case 18: random_map(space, area); break;
    case 19:
    case 20:
    case 21:
    case 22:
    case 23: random_unmap(); break;
    default: random_access();
    }
}

static void random_operations(int count, bool with_failures)
{
    vm_model_begin();
    vm_model_fail_every_step(with_failures);
    for (int i = 0; i < count; i++) {
        random_operation();
        if (i % 8 == 0) {
            vm_model_check();
        }
    }
    vm_model_fail_every_step(false);
    vm_model_end();
}

static void spaces_do_what_a_list_of_mappings_does(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        random_operations(5000, false);
    }
}

static void spaces_survive_a_failure_at_every_step(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        random_operations(1500, true);
    }
    assert_true(vm_model_failures > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_pages_are_zero_until_they_are_written),
        cmocka_unit_test(area_is_the_same_in_all_spaces),
        cmocka_unit_test(area_lives_while_a_mapping_does),
        cmocka_unit_test(area_of_fixed_memory_is_that_memory),
        cmocka_unit_test(space_map_refuses_what_makes_no_sense),
        cmocka_unit_test(space_map_reaches_both_ends_of_the_user_half),
        cmocka_unit_test(space_map_of_a_taken_place_collides_or_moves),
        cmocka_unit_test(space_reserved_range_is_taken_and_never_there),
        cmocka_unit_test(space_unmap_of_a_part_leaves_the_rest),
        cmocka_unit_test(space_unmap_finds_only_what_is_there),
        cmocka_unit_test(area_resized_keeps_what_stays_and_zeroes_what_comes),
        cmocka_unit_test(area_resize_without_room_changes_nothing),
        cmocka_unit_test(space_of_many_pages_is_cleared_in_steps),
        cmocka_unit_test(spaces_do_what_a_list_of_mappings_does),
        cmocka_unit_test(spaces_survive_a_failure_at_every_step),
    };
    vm_model_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
