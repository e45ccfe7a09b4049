/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/vm_mapping.c lib/avl.c tests/host/mapping_model.c */
/* The set of a space's mappings against its model, which checks every gap after every step. */
#include "tests/host/mapping_model.h"
#include <test.h>
#include <test_random.h>

static struct mapping_model model;

static void insert(vaddr_t first_page, uint64_t pages)
{
    assert_true(
        mapping_model_insert(&model, first_page * PAGE_SIZE, (first_page + pages) * PAGE_SIZE));
}

static vaddr_t room(vaddr_t low, vaddr_t high, uint64_t pages)
{
    return mapping_model_room(&model, low * PAGE_SIZE, high * PAGE_SIZE, pages * PAGE_SIZE) /
           PAGE_SIZE;
}

static void mapping_set_without_mappings_is_all_room(void **state)
{
    (void)state;
    mapping_model_init(&model);
    mapping_model_search(&model, 0);
    mapping_model_search(&model, ~0ull);
    assert_int_equal(room(16, 100, 84), 16);
    assert_int_equal(room(16, 100, 85), 0);
    assert_int_equal(mapping_model_room(&model, USER_START, USER_END, USER_END - USER_START),
                     USER_START);
}

static void mapping_find_knows_the_first_and_the_last_byte(void **state)
{
    (void)state;
    mapping_model_init(&model);
    insert(16, 4);
    insert(20, 1);
    for (uint64_t page = 15; page < 23; page++) {
        mapping_model_search(&model, page * PAGE_SIZE);
        mapping_model_search(&model, page * PAGE_SIZE + 1);
        mapping_model_search(&model, page * PAGE_SIZE + PAGE_SIZE - 1);
    }
    mapping_model_clear(&model);
}

static void mapping_insert_refuses_what_is_taken_in_part(void **state)
{
    (void)state;
    mapping_model_init(&model);
    insert(20, 10);
    static const struct {
        vaddr_t start, end;
    } taken[] = {{20, 30}, {19, 21}, {29, 31}, {22, 25}, {10, 40}, {20, 21}, {29, 30}, {10, 30}};
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        assert_false(
            mapping_model_insert(&model, taken[i].start * PAGE_SIZE, taken[i].end * PAGE_SIZE));
    }
    insert(19, 1);
    insert(30, 1);
    mapping_model_clear(&model);
}

static void mapping_move_stops_at_its_neighbours(void **state)
{
    (void)state;
    mapping_model_init(&model);
    insert(10, 5);
    insert(20, 5);
    insert(30, 5);
    assert_false(mapping_model_move(&model, 1, 20 * PAGE_SIZE, 31 * PAGE_SIZE));
    assert_false(mapping_model_move(&model, 1, 14 * PAGE_SIZE, 25 * PAGE_SIZE));
    assert_true(mapping_model_move(&model, 1, 15 * PAGE_SIZE, 30 * PAGE_SIZE));
    assert_true(mapping_model_move(&model, 1, 29 * PAGE_SIZE, 30 * PAGE_SIZE));
    assert_true(mapping_model_move(&model, 0, 0, 29 * PAGE_SIZE));
    assert_true(mapping_model_move(&model, 2, 30 * PAGE_SIZE, USER_END));
    mapping_model_clear(&model);
}

static void mapping_room_is_the_lowest_that_fits(void **state)
{
    (void)state;
    mapping_model_init(&model);
    insert(20, 10);
    insert(33, 7);
    insert(45, 5);
    insert(50, 10);
    assert_int_equal(room(1, 100, 3), 1);
    assert_int_equal(room(20, 100, 3), 30);
    assert_int_equal(room(25, 100, 3), 30);
    assert_int_equal(room(30, 100, 3), 30);
    assert_int_equal(room(31, 100, 3), 40);
    assert_int_equal(room(31, 100, 2), 31);
    assert_int_equal(room(20, 100, 5), 40);
    assert_int_equal(room(20, 100, 6), 60);
    assert_int_equal(room(20, 60, 6), 0);
    assert_int_equal(room(20, 66, 6), 60);
    assert_int_equal(room(20, 65, 6), 0);
    assert_int_equal(room(41, 43, 2), 41);
    assert_int_equal(room(41, 43, 3), 0);
    assert_int_equal(room(46, 48, 1), 0);
    mapping_model_clear(&model);
}

static void mapping_room_of_a_full_space_is_none(void **state)
{
    (void)state;
    mapping_model_init(&model);
    assert_true(mapping_model_insert(&model, USER_START, USER_END));
    assert_int_equal(mapping_model_room(&model, USER_START, USER_END, PAGE_SIZE), 0);
    assert_true(mapping_model_move(&model, 0, USER_START, USER_END - PAGE_SIZE));
    assert_int_equal(mapping_model_room(&model, USER_START, USER_END, PAGE_SIZE),
                     USER_END - PAGE_SIZE);
    assert_int_equal(mapping_model_room(&model, USER_START, USER_END, 2 * PAGE_SIZE), 0);
    mapping_model_clear(&model);
}

static void mapping_set_reaches_to_the_end_of_the_kernel_half(void **state)
{
    (void)state;
    mapping_model_init(&model);
    assert_true(mapping_model_insert(&model, KERNEL_BASE, ~0ull & ~(PAGE_SIZE - 1)));
    assert_true(mapping_model_insert(&model, OFFSET_MAP, OFFSET_MAP + OFFSET_MAP_SIZE));
    mapping_model_search(&model, ~0ull);
    assert_int_equal(mapping_model_room(&model, OFFSET_MAP, ~0ull, PAGE_SIZE),
                     OFFSET_MAP + OFFSET_MAP_SIZE);
    assert_int_equal(mapping_model_room(&model, KERNEL_BASE, ~0ull, PAGE_SIZE), 0);
    mapping_model_clear(&model);
}

enum { FEW = 6 };

/* Every set of pages out of a few that may be taken, and every question about the room there. */
static void mapping_room_is_right_for_every_set_of_six_pages(void **state)
{
    (void)state;
    for (unsigned taken = 0; taken < 1u << FEW; taken++) {
        mapping_model_init(&model);
        for (unsigned page = 0; page < FEW; page++) {
            if (taken >> page & 1) {
                insert(16 + page, 1);
            }
        }
        for (vaddr_t low = 15; low < 16 + FEW; low++) {
            for (vaddr_t high = low + 1; high <= 17 + FEW; high++) {
                for (uint64_t pages = 1; pages < FEW; pages++) {
                    room(low, high, pages);
                }
            }
        }
        mapping_model_clear(&model);
    }
}

static vaddr_t random_page(bool wide)
{
    return wide ? test_random_magnitude() % (USER_END / PAGE_SIZE) : test_random_below(500);
}

static void random_operation(bool wide)
{
    vaddr_t start = random_page(wide) * PAGE_SIZE;
    uint64_t len =
        (1 + test_random_below(wide && test_random_below(4) == 0 ? 1ull << 30 : 12)) * PAGE_SIZE;
    switch (test_random_below(8)) {
    case 0:
    case 1:
    case 2: mapping_model_insert(&model, start, start + len); break;
    case 3:
        if (model.count > 0) {
            mapping_model_remove(&model, test_random_below(model.count));
        }
        break;
    case 4:
        if (model.count > 0) {
            size_t which = test_random_below(model.count);
            const struct vm_mapping *mapping = model.sorted[which];
            vaddr_t base = test_random_below(2) ? mapping->start : start;
            mapping_model_move(&model, which, base, base + len);
        }
        break;
    case 5: mapping_model_search(&model, start + test_random_below(PAGE_SIZE)); break;
    default: mapping_model_room(&model, start, random_page(wide) * PAGE_SIZE, len); break;
    }
}

static void mapping_set_does_what_a_sorted_array_does(void **state)
{
    (void)state;
    for (int round = 0; round < 40; round++) {
        mapping_model_init(&model);
        for (int i = 0; i < 4000; i++) {
            random_operation(round % 2);
        }
        mapping_model_clear(&model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mapping_set_without_mappings_is_all_room),
        cmocka_unit_test(mapping_find_knows_the_first_and_the_last_byte),
        cmocka_unit_test(mapping_insert_refuses_what_is_taken_in_part),
        cmocka_unit_test(mapping_move_stops_at_its_neighbours),
        cmocka_unit_test(mapping_room_is_the_lowest_that_fits),
        cmocka_unit_test(mapping_room_of_a_full_space_is_none),
        cmocka_unit_test(mapping_set_reaches_to_the_end_of_the_kernel_half),
        cmocka_unit_test(mapping_room_is_right_for_every_set_of_six_pages),
        cmocka_unit_test(mapping_set_does_what_a_sorted_array_does),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
