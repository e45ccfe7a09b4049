/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/kalloc.c mm/slab.c mm/frame.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c */
/* Memory of any size: zeroed, aligned, nobody else's, and all of it back at the end. */
#include "mm/kalloc.h"
#include "lib/page.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/slab.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_frames.h>
#include <test_machine.h>
#include <test_random.h>

enum { FRAMES = 8192, PIECES = 400 };

/* What is allocated; each piece holds a byte of its own. */
static struct {
    uint8_t *bytes;
    size_t size;
    uint8_t fill;
} pieces[PIECES];
static size_t piece_count;
static uint64_t frames_at_start;

/* A heap that these tests can touch, and that ASan watches; the real one is tested in test_heap.c. */
static void *heap_pieces[PIECES];

static void **heap_slot(const void *pointer)
{
    for (unsigned i = 0; i < PIECES; i++) {
        if (heap_pieces[i] == pointer) {
            return &heap_pieces[i];
        }
    }
    return NULL;
}

void *(heap_alloc)(size_t size)
{
    assert_true(size > PAGE_SIZE);
    if (frames_free() == 0) {
        return NULL;
    }
    void **slot = heap_slot(NULL);
    *slot = memset(aligned_alloc(PAGE_SIZE, page_up(size)), 0, page_up(size));
    return *slot;
}

void heap_free(void *pointer)
{
    *heap_slot(pointer) = NULL;
    free(pointer);
}

bool heap_holds(const void *pointer)
{
    return heap_slot(pointer) != NULL;
}

static bool is_filled_with(const uint8_t *bytes, size_t size, uint8_t fill)
{
    return size == 0 || (bytes[0] == fill && memcmp(bytes, bytes + 1, size - 1) == 0);
}

static bool piece_alloc(size_t size)
{
    uint8_t *bytes = kalloc(size);
    if (bytes == NULL) {
        return false;
    }
    assert_int_equal((uint64_t)bytes % (size >= 64 ? 64 : 16), 0);
    assert_true(is_filled_with(bytes, size, 0));
    pieces[piece_count].bytes = bytes;
    pieces[piece_count].size = size;
    pieces[piece_count].fill = (uint8_t)(1 + test_random_below(255));
    memset(bytes, pieces[piece_count].fill, size);
    piece_count++;
    return true;
}

static void piece_free(size_t which)
{
    assert_true(is_filled_with(pieces[which].bytes, pieces[which].size, pieces[which].fill));
    kfree(pieces[which].bytes);
    pieces[which] = pieces[--piece_count];
}

static void free_all(void)
{
    while (piece_count > 0) {
        piece_free(test_random_below(piece_count));
    }
}

/* What every test leaves behind. */
static void check_empty(void)
{
    assert_int_equal(piece_count, 0);
    slab_drain();
    frame_drain();
    assert_int_equal(frames_free(), frames_at_start);
}

static void kalloc_small_sizes_are_all_good(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 3 * PAGE_SIZE; size++) {
        assert_true(piece_alloc(size));
        if (piece_count == PIECES) {
            free_all();
        }
    }
    free_all();
    check_empty();
}

static void kalloc_large_sizes_are_all_good(void **state)
{
    (void)state;
    for (size_t size = PAGE_SIZE; size <= KALLOC_MAX; size *= 2) {
        assert_true(piece_alloc(size - 1));
        assert_true(piece_alloc(size));
        free_all();
        if (size < KALLOC_MAX) {
            assert_true(piece_alloc(size + 1));
            free_all();
        }
    }
    assert_true(piece_alloc(KALLOC_MAX));
    assert_true(piece_alloc(KALLOC_MAX));
    free_all();
    check_empty();
}

static void kalloc_of_nothing_or_too_much_is_caught(void **state)
{
    (void)state;
    expect_assert_failure(kalloc(0));
    expect_assert_failure(kalloc(KALLOC_MAX + 1));
    expect_assert_failure(kalloc(~(size_t)0));
    check_empty();
}

static void kfree_of_null_does_nothing(void **state)
{
    (void)state;
    kfree(NULL);
    check_empty();
}

static void kalloc_memory_comes_zeroed_again(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size <= 64 * 1024; size += size / 3 + 1) {
            assert_true(piece_alloc(size));
        }
        free_all();
    }
    check_empty();
}

static void kalloc_without_memory_returns_null(void **state)
{
    (void)state;
    static const size_t some[] = {1, 64, 100, 2048, 2049, 4096, 5000, 65536, KALLOC_MAX};
    for (unsigned i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        test_frames_leave(0, 0);
        assert_null(kalloc(some[i]));
        test_frames_restore();
        assert_true(piece_alloc(some[i]));
        free_all();
        check_empty();
    }
}

/* Of 0, 1, 2 … frames. */
static void kalloc_takes_exactly_the_memory_that_there_is(void **state)
{
    (void)state;
    for (uint64_t frames = 0; frames < 20; frames++) {
        test_frames_leave(0, frames);
        for (uint64_t i = 0; i < frames; i++) {
            assert_true(piece_alloc(PAGE_SIZE));
        }
        assert_false(piece_alloc(PAGE_SIZE));
        free_all();
        test_frames_restore();
        check_empty();
    }
}

/* What a thousand pieces of a size cost is what they take, but for one slab. */
static void kalloc_cost_is_what_a_piece_takes(void **state)
{
    (void)state;
    static void *taken[1000];
    for (size_t size = 1; size <= PAGE_SIZE; size += size / 5 + 1) {
        for (unsigned i = 0; i < 1000; i++) {
            taken[i] = kalloc(size);
            assert_non_null(taken[i]);
        }
        frame_drain();
        uint64_t used = (frames_at_start - frames_free()) * PAGE_SIZE;
        assert_in_range(used, 1000 * kalloc_cost(size), 1001 * kalloc_cost(size) + 8 * PAGE_SIZE);
        for (unsigned i = 0; i < 1000; i++) {
            kfree(taken[i]);
        }
        check_empty();
    }
    assert_int_equal(kalloc_cost(PAGE_SIZE + 1), 2 * PAGE_SIZE);
    assert_int_equal(kalloc_cost(KALLOC_MAX), KALLOC_MAX);
}

static size_t random_size(void)
{
    size_t size = (size_t)(test_random() >> (42 + test_random_below(22)));
    return size == 0 ? 1 : size > KALLOC_MAX ? KALLOC_MAX : size;
}

static void kalloc_pieces_of_all_sizes_live_side_by_side(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t share = i / 5000 % 2 == 0 ? 60 : 40;
        if (piece_count < PIECES && test_random_below(100) < share) {
            (void)piece_alloc(random_size());
        } else if (piece_count > 0) {
            piece_free(test_random_below(piece_count));
        }
    }
    free_all();
    check_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kalloc_small_sizes_are_all_good),
        cmocka_unit_test(kalloc_large_sizes_are_all_good),
        cmocka_unit_test(kalloc_of_nothing_or_too_much_is_caught),
        cmocka_unit_test(kfree_of_null_does_nothing),
        cmocka_unit_test(kalloc_memory_comes_zeroed_again),
        cmocka_unit_test(kalloc_without_memory_returns_null),
        cmocka_unit_test(kalloc_takes_exactly_the_memory_that_there_is),
        cmocka_unit_test(kalloc_cost_is_what_a_piece_takes),
        cmocka_unit_test(kalloc_pieces_of_all_sizes_live_side_by_side),
    };
    test_random_begin();
    test_frames_start(FRAMES, 0);
    frames_at_start = frames_free();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
