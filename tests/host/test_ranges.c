/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/ranges.c */
/* Sets of ranges, beside an array that says for each number whether the set holds it. */
#include "kernel/ranges.h"
#include <string.h>
#include <test.h>
#include <test_random.h>

enum { NUMBERS = 64, KINDS = 3 };

static struct j6_range range(uint32_t kind, uint64_t first, uint64_t count)
{
    return (struct j6_range){.kind = kind, .first = first, .count = count};
}

static bool is_valid(uint32_t kind, uint64_t first, uint64_t count)
{
    const struct j6_range r = range(kind, first, count);
    return range_is_valid(&r);
}

static void range_is_valid_up_to_the_last_number(void **state)
{
    (void)state;
    assert_true(is_valid(j6_range_irq, 0, 1));
    assert_true(is_valid(j6_range_dma, 0, UINT64_MAX));
    assert_true(is_valid(j6_range_phys, UINT64_MAX - 1, 1));
    assert_false(is_valid(j6_range_phys, UINT64_MAX, 1));
    assert_false(is_valid(j6_range_phys, 1, UINT64_MAX));
    assert_false(is_valid(j6_range_phys, 1ull << 63, 1ull << 63));
}

static void range_of_nothing_or_of_no_kind_is_not_valid(void **state)
{
    (void)state;
    const struct j6_range spare = {.kind = j6_range_irq, .zero = 1, .count = 1};
    assert_false(is_valid(j6_range_irq, 5, 0));
    assert_false(is_valid(0, 5, 1));
    assert_false(is_valid(j6_range_dma + 1, 5, 1));
    assert_false(is_valid(UINT32_MAX, 5, 1));
    assert_false(range_is_valid(&spare));
}

static void ranges_that_touch_become_one(void **state)
{
    (void)state;
    struct j6_range set[] = {range(2, 10, 5), range(2, 0, 4), range(2, 4, 6), range(2, 12, 1)};
    assert_int_equal(ranges_join(set, 4), 1);
    assert_int_equal(set[0].first, 0);
    assert_int_equal(set[0].count, 15);
}

static void ranges_of_different_kinds_stay_apart(void **state)
{
    (void)state;
    struct j6_range set[] = {range(3, 0, 4), range(2, 4, 6), range(2, 0, 4), range(3, 5, 1)};
    assert_int_equal(ranges_join(set, 4), 3);
    assert_true(ranges_hold(set, 3, 2, 0, 10));
    assert_false(ranges_hold(set, 3, 3, 0, 5));
    assert_true(ranges_hold(set, 3, 3, 5, 1));
}

static void ranges_at_the_end_of_all_numbers_do_not_wrap(void **state)
{
    (void)state;
    struct j6_range set[] = {range(1, UINT64_MAX - 4, 4), range(1, 0, 1),
                             range(1, 8, UINT64_MAX - 8)};
    size_t count = ranges_join(set, 3);
    assert_int_equal(count, 2);
    assert_true(ranges_hold(set, count, 1, 8, UINT64_MAX - 8));
    assert_false(ranges_hold(set, count, 1, 8, UINT64_MAX));
    assert_false(ranges_hold(set, count, 1, 0, 8));
    assert_false(ranges_hold(set, count, 1, UINT64_MAX - 1, 2));
    assert_false(ranges_hold(set, count, 1, UINT64_MAX, 1));
}

static void ranges_hold_nothing_when_there_are_none(void **state)
{
    (void)state;
    assert_int_equal(ranges_join(NULL, 0), 0);
    assert_false(ranges_hold(NULL, 0, 1, 0, 1));
}

static void nothing_is_held_by_no_range(void **state)
{
    (void)state;
    struct j6_range set[] = {range(1, 0, 10)};
    assert_false(ranges_hold(set, 1, 1, 5, 0));
}

static bool held[KINDS + 1][NUMBERS];

static void random_set(struct j6_range *set, size_t count)
{
    memset(held, 0, sizeof(held));
    for (size_t i = 0; i < count; i++) {
        uint32_t kind = 1 + (uint32_t)test_random_below(KINDS);
        uint64_t first = test_random_below(NUMBERS);
        uint64_t length = 1 + test_random_below(NUMBERS - first < 8 ? NUMBERS - first : 8);
        set[i] = range(kind, first, length);
        memset(&held[kind][first], true, length);
    }
}

/* In order, and with a gap between any two of a kind. */
static void check_order(const struct j6_range *set, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct j6_range *before = &set[i - 1];
        assert_true(before->kind < set[i].kind ||
                    (before->kind == set[i].kind && before->first + before->count < set[i].first));
    }
}

static void check_all(const struct j6_range *set, size_t count)
{
    for (uint32_t kind = 1; kind <= KINDS; kind++) {
        for (uint64_t first = 0; first < NUMBERS; first++) {
            bool all = true;
            for (uint64_t last = first; last < NUMBERS; last++) {
                all = all && held[kind][last];
                assert_int_equal(ranges_hold(set, count, kind, first, last - first + 1), all);
            }
        }
    }
}

static void ranges_hold_what_an_array_of_numbers_holds(void **state)
{
    (void)state;
    struct j6_range set[j6_ranges_max];
    for (int round = 0; round < 300; round++) {
        size_t count = test_random_below(round % 2 == 0 ? 8 : j6_ranges_max + 1);
        random_set(set, count);
        count = ranges_join(set, count);
        check_order(set, count);
        check_all(set, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(range_is_valid_up_to_the_last_number),
        cmocka_unit_test(range_of_nothing_or_of_no_kind_is_not_valid),
        cmocka_unit_test(ranges_that_touch_become_one),
        cmocka_unit_test(ranges_of_different_kinds_stay_apart),
        cmocka_unit_test(ranges_at_the_end_of_all_numbers_do_not_wrap),
        cmocka_unit_test(ranges_hold_nothing_when_there_are_none),
        cmocka_unit_test(nothing_is_held_by_no_range),
        cmocka_unit_test(ranges_hold_what_an_array_of_numbers_holds),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
