/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/frame_model.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c */
/* The frame allocator against its model, on memories of many shapes; and without memory. */
#include "tests/host/frame_model.h"
#include "kernel/base/debug.h"
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_machine.h>
#include <test_random.h>

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static void start_one(paddr_t start, paddr_t end)
{
    const struct frame_range range = {start, end};
    frame_model_start(&range, 1);
}

/* Takes everything there is, in the given size. */
static size_t take_all(unsigned order)
{
    size_t count = 0;
    while (frame_model_alloc(order) != 0) {
        count++;
    }
    return count;
}

static void free_all(void)
{
    while (frame_model_used() > 0) {
        frame_model_free(test_random_below(frame_model_used()));
    }
}

static void frames_are_unknown_until_they_are_added(void **state)
{
    (void)state;
    const struct frame_range ranges[] = {{1 * MIB, 2 * MIB}, {GIB, GIB + 2 * MIB}};
    frame_model_start_empty(ranges, 2);
    assert_int_equal(frame_alloc(), 0);
    assert_int_equal(frame_alloc_block(0), 0);
    assert_int_equal(frames_free(), 0);
    assert_int_equal(frames_total(), 3 * MIB / PAGE_SIZE);
    frame_model_add(GIB, GIB + MIB);
    assert_int_equal(frames_free(), MIB / PAGE_SIZE);
    frame_model_end();
}

static void frame_is_memory_knows_where_sections_end(void **state)
{
    (void)state;
    const struct frame_range ranges[] = {{MIB, 3 * MIB}, {2 * GIB + MIB, 2 * GIB + 2 * MIB}};
    frame_model_start(ranges, 2);
    assert_true(frame_is_memory(MIB));
    assert_true(frame_is_memory(3 * MIB - 1));
    assert_false(frame_is_memory(3 * MIB));
    assert_false(frame_is_memory(GIB));
    assert_false(frame_is_memory(2 * GIB - 1));
    assert_true(frame_is_memory(2 * GIB + 2 * MIB - 1));
    assert_false(frame_is_memory(2 * GIB + 2 * MIB));
    assert_false(frame_is_memory(3 * GIB));
    assert_false(frame_is_memory(~0ull));
    frame_model_end();
}

static void frames_of_odd_ends_form_the_largest_blocks_that_fit(void **state)
{
    (void)state;
    start_one(MIB + PAGE_SIZE, 2 * MIB + 3 * PAGE_SIZE);
    for (unsigned order = 8; order <= FRAME_MAX_ORDER; order++) {
        assert_int_equal(frame_model_alloc(order), 0);
    }
    assert_int_equal(frame_model_alloc(7), MIB + 128 * PAGE_SIZE);
    assert_int_equal(frame_model_alloc(7), 0);
    frame_model_end();
}

static void frames_added_piece_by_piece_join(void **state)
{
    (void)state;
    const struct frame_range range = {4 * MIB, 8 * MIB};
    frame_model_start_empty(&range, 1);
    for (paddr_t at = 4 * MIB; at < 8 * MIB; at += 64 * PAGE_SIZE) {
        frame_model_add(at, at + 64 * PAGE_SIZE);
    }
    assert_int_equal(frame_model_alloc(10), 4 * MIB);
    frame_model_end();
}

static void frames_do_not_join_over_a_hole(void **state)
{
    (void)state;
    const struct frame_range ranges[] = {{8 * MIB, 9 * MIB}, {9 * MIB + PAGE_SIZE, 10 * MIB}};
    frame_model_start(ranges, 2);
    assert_int_equal(frame_model_alloc(9), 0);
    assert_int_not_equal(frame_model_alloc(8), 0);
    frame_model_end();
}

static void frames_join_up_to_a_gigabyte_and_no_further(void **state)
{
    (void)state;
    test_kernel_debug = false; /* it would fill the memory */
    start_one(GIB, 3 * GIB);
    paddr_t first = frame_model_alloc(FRAME_MAX_ORDER);
    paddr_t second = frame_model_alloc(FRAME_MAX_ORDER);
    assert_int_equal(first + second, 3 * GIB);
    assert_int_equal(frame_model_alloc(0), 0);
    frame_model_free(0);
    paddr_t single = frame_model_alloc(0);
    assert_int_equal(single, first);
    assert_int_equal(frame_model_alloc(FRAME_MAX_ORDER), 0);
    assert_int_not_equal(frame_model_alloc(FRAME_MAX_ORDER - 1), 0);
    frame_model_end();
    test_kernel_debug = true;
}

static void frames_on_both_sides_of_a_section_are_kept_apart(void **state)
{
    (void)state;
    start_one(GIB - 2 * MIB, GIB + 2 * MIB);
    paddr_t low = frame_model_alloc(9);
    paddr_t high = frame_model_alloc(9);
    assert_int_equal(low + high, 2 * GIB - 2 * MIB);
    assert_int_equal(frame_model_alloc(FRAME_MODEL_CPU_ORDER), 0);
    frame_model_end();
}

static void frames_run_out_exactly_and_come_back(void **state)
{
    (void)state;
    start_one(2 * MIB, 3 * MIB + 5 * PAGE_SIZE);
    const size_t all = (MIB + 5 * PAGE_SIZE) / PAGE_SIZE;
    for (int round = 0; round < 4; round++) {
        assert_int_equal(take_all(FRAME_MODEL_CPU_ORDER), all);
        assert_int_equal(frames_free(), 0);
        frame_model_free(test_random_below(all));
        assert_int_not_equal(frame_model_alloc(FRAME_MODEL_CPU_ORDER), 0);
        assert_int_equal(frame_model_alloc(0), 0);
        free_all();
        assert_int_equal(take_all(0), all);
        free_all();
        assert_int_equal(take_all(5), MIB / PAGE_SIZE / 32);
        free_all();
        frame_model_check();
    }
    frame_model_end();
}

static void frame_block_is_found_among_frames_on_the_list_of_the_cpu(void **state)
{
    (void)state;
    start_one(2 * MIB, 2 * MIB + 32 * PAGE_SIZE);
    assert_int_not_equal(frame_model_alloc(FRAME_MODEL_CPU_ORDER), 0); /* the list takes all 32 */
    assert_int_equal(frames_free(), 31);
    assert_int_not_equal(frame_model_alloc(4), 0);
    assert_int_not_equal(frame_model_alloc(0), 0);
    frame_model_end();
}

static void frames_freed_on_another_cpu_come_back(void **state)
{
    (void)state;
    start_one(2 * MIB, 4 * MIB);
    for (int i = 0; i < 200; i++) {
        test_cpu_switch(i % TEST_CPUS);
        assert_int_not_equal(frame_model_alloc(FRAME_MODEL_CPU_ORDER), 0);
    }
    test_cpu_switch(1);
    free_all();
    frame_model_check();
    test_cpu_switch(0);
    frame_model_end();
}

static void frame_lives_until_its_last_holder_puts_it(void **state)
{
    (void)state;
    start_one(2 * MIB, 3 * MIB);
    uint64_t before = frames_free();
    paddr_t frame = frame_alloc();
    assert_int_equal(frame_of(frame)->refs, 1);
    frame_get(frame);
    frame_get(frame);
    frame_put(frame);
    frame_put(frame);
    assert_int_equal(frame_of(frame)->state, FRAME_USED);
    assert_int_equal(frames_free(), before - 1);
    frame_put(frame);
    assert_int_equal(frame_of(frame)->state, FRAME_UNKNOWN);
    assert_int_equal(frames_free(), before);
    frame_model_end();
}

static void frame_that_was_adopted_is_freed_like_others(void **state)
{
    (void)state;
    const struct frame_range range = {2 * MIB, 4 * MIB};
    frame_model_start_empty(&range, 1);
    frame_model_add(2 * MIB, 3 * MIB); /* the rest is a boot module */
    for (paddr_t frame = 3 * MIB; frame < 4 * MIB; frame += PAGE_SIZE) {
        frame_model_adopt(frame);
        assert_int_equal(frame_of(frame)->refs, 1);
    }
    assert_int_equal(frames_free(), MIB / PAGE_SIZE);
    free_all();
    assert_int_equal(frames_free(), 2 * MIB / PAGE_SIZE);
    frame_drain();
    assert_int_equal(frame_model_alloc(9), 2 * MIB);
    frame_model_end();
}

static void frame_freed_twice_is_caught(void **state)
{
    (void)state;
    start_one(2 * MIB, 3 * MIB);
    paddr_t frame = frame_alloc();
    frame_free(frame);
    expect_assert_failure(frame_free(frame));
    paddr_t block = frame_alloc_block(3);
    expect_assert_failure(frame_free_block(block, 2));
    expect_assert_failure(frame_free(block + PAGE_SIZE));
    frame_free_block(block, 3);
    expect_assert_failure(frame_free_block(block, 3));
    frame_model_end();
}

static void frame_is_filled_when_it_is_freed(void **state)
{
    (void)state;
    start_one(2 * MIB, 3 * MIB);
    paddr_t block = frame_alloc_block(2);
    memset(phys_to_virt(block), 0x11, 4 * PAGE_SIZE);
    frame_free_block(block, 2);
    const uint8_t *bytes = phys_to_virt(block);
    for (size_t i = 16; i < 4 * PAGE_SIZE; i++) {
        assert_int_equal(bytes[i], 0xd5);
    }
    frame_model_end();
}

/* Writes into a frame after it was freed; the next one who is handed it must be told. */
static void write_after_free(paddr_t block, unsigned order, uint64_t place)
{
    frame_drain();
    uint8_t *bytes = phys_to_virt(block);
    uint8_t before = bytes[place];
    bytes[place] ^= 1;
    expect_assert_failure(frame_alloc_block(order));
    bytes[place] = before;
}

static void frame_written_to_after_it_was_freed_is_caught(void **state)
{
    (void)state;
    static const uint64_t places[] = {16, 4095, 4096 + 16, 5000, 8191};
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        start_one(2 * MIB, 2 * MIB + 2 * PAGE_SIZE);
        paddr_t block = frame_alloc_block(1);
        frame_free_block(block, 1);
        write_after_free(block, 1, places[i]);
        frame_model_forget();
    }
}

static void frame_that_was_never_used_is_not_looked_at(void **state)
{
    (void)state;
    const struct frame_range range = {2 * MIB, 3 * MIB};
    frame_model_start_empty(&range, 1);
    memset(phys_to_virt(2 * MIB), 0x33, MIB);
    frame_model_add(2 * MIB, 3 * MIB);
    assert_int_equal(take_all(FRAME_MODEL_CPU_ORDER), 256);
    free_all();
    assert_int_equal(take_all(3), 32);
    frame_model_end();
}

static void frames_in_a_row_take_no_more_than_was_asked_for(void **state)
{
    (void)state;
    static const uint64_t counts[] = {1, 2, 3, 5, 31, 32, 33, 100, 255, 256};
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        start_one(2 * MIB, 3 * MIB);
        assert_int_not_equal(frame_model_alloc_below(counts[i], 0), 0);
        assert_int_equal(frames_free(), 256 - counts[i]);
        frame_model_check();
        assert_int_equal(take_all(0), 256 - counts[i]);
        frame_model_end();
    }
}

static void frames_in_a_row_are_given_back_one_by_one(void **state)
{
    (void)state;
    start_one(2 * MIB, 3 * MIB);
    paddr_t first = frame_alloc_below(7, 0);
    for (unsigned i = 0; i < 7; i++) {
        frame_put(first + (i * 3 % 7) * PAGE_SIZE);
        assert_int_equal(frames_free(), 250 + i);
    }
    frame_model_check();
    frame_model_end();
}

static void frames_in_a_row_end_at_or_below_the_limit(void **state)
{
    (void)state;
    start_one(2 * MIB, 6 * MIB);
    assert_int_equal(frame_model_alloc_below(256, 3 * MIB), 2 * MIB);
    assert_int_equal(frame_model_alloc_below(1, 3 * MIB), 0);
    assert_int_equal(frame_model_alloc_below(1, 3 * MIB + PAGE_SIZE), 3 * MIB);
    assert_int_equal(frame_model_alloc_below(3, 5 * MIB + 3 * PAGE_SIZE), 5 * MIB);
    assert_int_equal(frame_model_alloc_below(3, 5 * MIB + 2 * PAGE_SIZE), 5 * MIB - 4 * PAGE_SIZE);
    assert_int_equal(frame_model_alloc_below(1, PAGE_SIZE), 0);
    assert_int_equal(frame_model_alloc_below(2, PAGE_SIZE), 0);
    assert_int_equal(frame_model_alloc_below(1, 1), 0);
    frame_model_check();
    frame_model_end();
}

static void frames_in_a_row_lie_as_high_as_the_limit_allows(void **state)
{
    (void)state;
    start_one(2 * MIB, 10 * MIB);
    assert_int_equal(frame_model_alloc_below(1, 8 * MIB), 8 * MIB - PAGE_SIZE);
    assert_int_equal(frame_model_alloc_below(256, 8 * MIB), 6 * MIB);
    frame_model_end();
}

static void frames_in_a_row_are_found_among_frames_on_the_list_of_the_cpu(void **state)
{
    (void)state;
    start_one(2 * MIB, 2 * MIB + 32 * PAGE_SIZE);
    assert_int_not_equal(frame_model_alloc(FRAME_MODEL_CPU_ORDER), 0); /* the list takes all 32 */
    assert_int_not_equal(frame_model_alloc_below(9, 3 * MIB), 0);
    frame_model_end();
}

static void frames_in_a_row_that_no_block_holds_are_not_to_be_had(void **state)
{
    (void)state;
    start_one(2 * MIB, 3 * MIB);
    assert_int_equal(frame_model_alloc_below(0, 0), 0);
    assert_int_equal(frame_model_alloc_below(257, 0), 0);
    assert_int_equal(frame_model_alloc_below(257, 4 * MIB), 0);
    assert_int_equal(frame_model_alloc_below((1ull << FRAME_MAX_ORDER) + 1, 0), 0);
    assert_int_equal(frame_alloc_below(~0ull, 0), 0);
    frame_model_end();
}

static unsigned random_order(void)
{
    switch (test_random_below(4)) {
    case 0: return (unsigned)test_random_below(6);
    case 1: return (unsigned)test_random_below(11);
    default: return FRAME_MODEL_CPU_ORDER;
    }
}

static paddr_t random_limit(void)
{
    paddr_t limit = test_random_below(16 * MIB) + test_random_below(4) * GIB;
    return test_random_below(3) == 0 ? 0 : limit;
}

/* The share of allocations rises and falls, so that memory is full at times and empty at times. */
static void random_operations(int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t share = i / (count / 8) % 2 == 0 ? 60 : 40;
        if (test_random_below(100) < share) {
            if (test_random_below(8) == 0) {
                frame_model_alloc_below(test_random_below(70), random_limit());
            } else {
                frame_model_alloc(random_order());
            }
        } else if (frame_model_used() > 0) {
            frame_model_free(test_random_below(frame_model_used()));
        }
        if (test_random_below(500) == 0) {
            test_cpu_switch((unsigned)test_random_below(TEST_CPUS));
        }
        if (test_random_below(1000) == 0) {
            frame_drain();
        }
        if (i % 64 == 0) {
            frame_model_check();
        }
    }
}

/* Ranges that begin and end anywhere within some MiB around the ends of sections. */
static size_t random_ranges(struct frame_range *ranges)
{
    size_t count = 1 + test_random_below(FRAME_MODEL_RANGES);
    paddr_t at = MIB;
    for (size_t i = 0; i < count; i++) {
        if (test_random_below(4) == 0) {
            at = ((at + 2 * MIB) & ~(GIB - 1)) + GIB - test_random_below(512) * PAGE_SIZE;
        }
        ranges[i].start = at + test_random_below(64) * PAGE_SIZE;
        ranges[i].end = ranges[i].start + (1 + test_random_below(600)) * PAGE_SIZE;
        at = ranges[i].end + test_random_below(2) * PAGE_SIZE;
    }
    return count;
}

static void frames_do_what_an_array_of_frames_does(void **state)
{
    (void)state;
    for (int round = 0; round < 12; round++) {
        struct frame_range ranges[FRAME_MODEL_RANGES];
        test_kernel_debug = round % 2 == 0;
        frame_model_start(ranges, random_ranges(ranges));
        random_operations(8000);
        frame_model_end();
    }
    test_kernel_debug = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_unknown_until_they_are_added),
        cmocka_unit_test(frame_is_memory_knows_where_sections_end),
        cmocka_unit_test(frames_of_odd_ends_form_the_largest_blocks_that_fit),
        cmocka_unit_test(frames_added_piece_by_piece_join),
        cmocka_unit_test(frames_do_not_join_over_a_hole),
        cmocka_unit_test(frames_join_up_to_a_gigabyte_and_no_further),
        cmocka_unit_test(frames_on_both_sides_of_a_section_are_kept_apart),
        cmocka_unit_test(frames_run_out_exactly_and_come_back),
        cmocka_unit_test(frame_block_is_found_among_frames_on_the_list_of_the_cpu),
        cmocka_unit_test(frames_freed_on_another_cpu_come_back),
        cmocka_unit_test(frame_lives_until_its_last_holder_puts_it),
        cmocka_unit_test(frame_that_was_adopted_is_freed_like_others),
        cmocka_unit_test(frame_freed_twice_is_caught),
        cmocka_unit_test(frame_is_filled_when_it_is_freed),
        cmocka_unit_test(frame_written_to_after_it_was_freed_is_caught),
        cmocka_unit_test(frame_that_was_never_used_is_not_looked_at),
        cmocka_unit_test(frames_in_a_row_take_no_more_than_was_asked_for),
        cmocka_unit_test(frames_in_a_row_are_given_back_one_by_one),
        cmocka_unit_test(frames_in_a_row_end_at_or_below_the_limit),
        cmocka_unit_test(frames_in_a_row_lie_as_high_as_the_limit_allows),
        cmocka_unit_test(frames_in_a_row_are_found_among_frames_on_the_list_of_the_cpu),
        cmocka_unit_test(frames_in_a_row_that_no_block_holds_are_not_to_be_had),
        cmocka_unit_test(frames_do_what_an_array_of_frames_does),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
