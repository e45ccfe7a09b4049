/* SPDX-License-Identifier: MIT */
/* SOURCES: */
/* Arithmetic on pages and powers of two, at its edges. */
#include "lib/bits.h"
#include "lib/page.h"
#include <test.h>

static void page_count_rounds_up(void **state)
{
    (void)state;
    assert_int_equal(page_count(0), 0);
    assert_int_equal(page_count(1), 1);
    assert_int_equal(page_count(4095), 1);
    assert_int_equal(page_count(4096), 1);
    assert_int_equal(page_count(4097), 2);
    assert_int_equal(page_count(1 << 20), 256);
    assert_int_equal(page_count(UINT64_MAX), 1ull << 52);
    assert_int_equal(page_count(UINT64_MAX - 4095), (1ull << 52) - 1);
}

static void page_up_and_down_find_the_boundaries(void **state)
{
    (void)state;
    assert_int_equal(page_up(0), 0);
    assert_int_equal(page_up(1), 4096);
    assert_int_equal(page_up(4096), 4096);
    assert_int_equal(page_up(4097), 8192);
    assert_int_equal(page_up(UINT64_MAX), 0);
    assert_int_equal(page_up(UINT64_MAX - 4095), UINT64_MAX - 4095);
    assert_int_equal(page_down(4095), 0);
    assert_int_equal(page_down(4096), 4096);
    assert_int_equal(page_down(UINT64_MAX), UINT64_MAX - 4095);
}

static void is_power_of_two_knows_all_64(void **state)
{
    (void)state;
    assert_false(is_power_of_two(0));
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_true(is_power_of_two(1ull << bit));
        assert_false(bit > 0 && is_power_of_two(1ull << bit | 1));
        assert_false(bit < 63 && is_power_of_two(3ull << bit));
    }
}

static void align_handles_every_power_of_two(void **state)
{
    (void)state;
    assert_int_equal(align_up(13, 1), 13);
    assert_int_equal(align_up(13, 8), 16);
    assert_int_equal(align_up(16, 8), 16);
    assert_int_equal(align_up(1, 1ull << 63), 1ull << 63);
    assert_int_equal(align_up((1ull << 63) + 1, 1ull << 63), 0);
    assert_int_equal(align_down(15, 8), 8);
    assert_int_equal(align_down(UINT64_MAX, 1ull << 63), 1ull << 63);
    assert_true(is_aligned(0, 1ull << 63));
    assert_true(is_aligned(24, 8));
    assert_false(is_aligned(25, 8));
}

static void log2_rounds_both_ways(void **state)
{
    (void)state;
    assert_int_equal(log2_floor(1), 0);
    assert_int_equal(log2_ceil(1), 0);
    assert_int_equal(log2_floor(3), 1);
    assert_int_equal(log2_ceil(3), 2);
    assert_int_equal(log2_floor(4), 2);
    assert_int_equal(log2_ceil(4), 2);
    assert_int_equal(log2_floor(UINT64_MAX), 63);
    assert_int_equal(log2_ceil(UINT64_MAX), 64);
}

static void divide_round_up_never_wraps(void **state)
{
    (void)state;
    assert_int_equal(divide_round_up(0, 7), 0);
    assert_int_equal(divide_round_up(7, 7), 1);
    assert_int_equal(divide_round_up(8, 7), 2);
    assert_int_equal(divide_round_up(UINT64_MAX, 2), 1ull << 63);
}

static void bit_count_counts_every_bit(void **state)
{
    (void)state;
    assert_int_equal(bit_count(0), 0);
    assert_int_equal(bit_count(UINT64_MAX), 64);
    assert_int_equal(bit_count(0xaaaaaaaaaaaaaaaa), 32);
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_int_equal(bit_count(1ull << bit), 1);
        assert_int_equal(bit_count((1ull << bit) - 1), bit);
        assert_int_equal(bit_count(UINT64_MAX << bit), 64 - bit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_count_rounds_up),
        cmocka_unit_test(page_up_and_down_find_the_boundaries),
        cmocka_unit_test(is_power_of_two_knows_all_64),
        cmocka_unit_test(align_handles_every_power_of_two),
        cmocka_unit_test(log2_rounds_both_ways),
        cmocka_unit_test(divide_round_up_never_wraps),
        cmocka_unit_test(bit_count_counts_every_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
