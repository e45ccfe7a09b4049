/* SPDX-License-Identifier: MIT */
/*
 * Areas that ask for large pages. One shows by the page tables that it doesn't need: a small mapping
 * nearby, of the same GiB, has brought in all tables but the lowest.
 */
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/memory.h"

enum { LARGE = 512 }; /* pages */

/* Two large pages, committed and mapped at far_place(), and the small mapping nearby. */
struct bench {
    j6_handle_t area;
    j6_handle_t near;
    char *memory;
    char *near_memory;
    bool large; /* the machine had such memory */
};

static const uint64_t SIZE = LARGE * PAGE;

/* Touches the memory; how many frames that took. */
static uint64_t frames_to_touch(volatile char *memory)
{
    uint64_t before = frames_free();
    char byte = *memory;
    (void)byte;
    return before - frames_free();
}

static void bench_open(struct bench *bench, uint64_t flags)
{
    bench->near = area_new(1, 0);
    bench->near_memory = area_map_at(bench->near, far_place() + (64ull << 21), READ_WRITE);
    *bench->near_memory = 1;
    bench->area = area_new(2 * LARGE, flags);
    expect_ok(area_op(bench->area, j6_op_commit, 0, 2 * LARGE));
    bench->memory = area_map_at(bench->area, far_place(), READ_WRITE);
    bench->large = frames_to_touch(bench->memory) == 0;
    mark(bench->memory, 2 * LARGE, 1);
}

static void bench_close(struct bench *bench)
{
    area_unmap(bench->near, bench->near_memory);
    expect_ok(j6_handle_close(bench->near));
    expect_ok(j6_handle_close(bench->area));
}

/* So many, in one piece; else the test is skipped. */
static bool large_pages_are_left(uint64_t count)
{
    bool left = try_map_phys(system_handle(), 0, count * SIZE, j6_vma_flag_dma) == j6_status_ok;
    if (!left) {
        test_skip("no memory in one piece");
    }
    return left;
}

TEST(a_touched_large_page_needs_no_lowest_page_table)
{
    if (!large_pages_are_left(3)) {
        return;
    }
    struct bench bench;
    bench_open(&bench, j6_vma_flag_large);
    expect(bench.large);
    expect(is_marked(bench.memory, 2 * LARGE, 1));
    area_unmap(bench.area, bench.memory);
    bench_close(&bench);
    bench_open(&bench, 0);
    expect(!bench.large);
    expect(is_marked(bench.memory, 2 * LARGE, 1));
    area_unmap(bench.area, bench.memory);
    bench_close(&bench);
}

SAMPLE_TEST(contiguous_device_memory_is_shown_by_large_pages)
{
    struct bench bench;
    if (!large_pages_are_left(3)) {
        return;
    }
    bench_open(&bench, 0);
    j6_handle_t area = phys_area(system_handle(), 0, LARGE, j6_vma_flag_dma);
    char *memory = area_map_at(area, far_place() + (32ull << 21), READ_WRITE);
    expect_equal(0, frames_to_touch(memory));
    mark(memory, LARGE, 1);
    expect_ok(unmap(area, memory + 7 * PAGE, 1));
    expect(!can_read(memory + 7 * PAGE));
    expect(is_marked(memory, 7, 1));
    expect(is_marked(memory + 8 * PAGE, LARGE - 8, 9));
    area_unmap(area, memory);
    area_unmap(area, memory + 8 * PAGE);
    expect_ok(j6_handle_close(area));
    area_unmap(bench.area, bench.memory);
    bench_close(&bench);
}

/* What a call places is aligned, so that large pages fit. */
TEST(a_large_area_is_placed_where_large_pages_can_be)
{
    j6_handle_t area = area_new(3 * LARGE, j6_vma_flag_large);
    for (uint64_t first = 0; first < 3; first++) {
        char *memory = view_map(area, first, 2 * LARGE, READ_WRITE);
        expect_equal(first * PAGE, (uint64_t)memory % SIZE);
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(the_first_touch_of_a_large_area_brings_in_512_pages)
{
    if (!large_pages_are_left(1)) {
        return;
    }
    j6_handle_t area = area_new(2 * LARGE, j6_vma_flag_large);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        uint64_t before = frames_free();
        memory[LARGE * PAGE + 5] = 'x';
        expect(frames_free() + LARGE <= before);
        expect(frames_used_at_most(LARGE + 16, before));
        expect(is_zero(memory + LARGE * PAGE + 6, SIZE - 6));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(a_part_of_a_large_page_can_be_unmapped)
{
    struct bench bench;
    bench_open(&bench, j6_vma_flag_large);
    expect_ok(unmap(bench.area, bench.memory + 100 * PAGE, 3));
    expect(!can_read(bench.memory + 100 * PAGE));
    expect(!can_read(bench.memory + 103 * PAGE - 1));
    expect(is_marked(bench.memory, 100, 1));
    expect(is_marked(bench.memory + 103 * PAGE, 2 * LARGE - 103, 104));
    area_unmap(bench.area, bench.memory);
    area_unmap(bench.area, bench.memory + 103 * PAGE);
    bench_close(&bench);
}

TEST(a_part_of_a_large_page_can_be_protected)
{
    struct bench bench;
    bench_open(&bench, j6_vma_flag_large);
    char *memory = bench.memory;
    expect_ok(protect(bench.area, memory + 100 * PAGE, 3, j6_map_read));
    expect(can_write(memory + 100 * PAGE - 64));
    expect(!can_write(memory + 100 * PAGE + 64));
    expect(!can_write(memory + 103 * PAGE - 64));
    expect(can_write(memory + 103 * PAGE + 64));
    expect_ok(protect(bench.area, memory + 511 * PAGE, 2, 0));
    expect(!can_read(memory + 511 * PAGE));
    expect(!can_read(memory + 513 * PAGE - 1));
    expect_ok(protect(bench.area, memory + 511 * PAGE, 2, READ_WRITE));
    expect_ok(protect(bench.area, memory + 100 * PAGE, 3, READ_WRITE));
    expect(is_marked(memory, 2 * LARGE, 1));
    area_unmap(bench.area, memory);
    bench_close(&bench);
}

TEST(a_part_of_a_large_page_can_be_decommitted)
{
    struct bench bench;
    bench_open(&bench, j6_vma_flag_large);
    char *memory = bench.memory;
    uint64_t before = frames_free();
    expect_ok(area_op(bench.area, j6_op_decommit, 500, 24));
    expect(frames_free() + 4 >= before + 24); /* but for the tables of two splits */
    expect(is_zero(memory + 500 * PAGE, 24 * PAGE));
    expect(is_marked(memory, 500, 1));
    expect(is_marked(memory + 524 * PAGE, 500, 525));
    expect_ok(area_op(bench.area, j6_op_decommit, 0, 2 * LARGE));
    expect(is_zero(memory, 2 * LARGE * PAGE));
    area_unmap(bench.area, memory);
    bench_close(&bench);
}

SAMPLE_TEST(a_large_area_and_its_clone_write_apart)
{
    struct bench bench;
    if (!test_has_frames(4 * 2 * LARGE)) {
        return; /* each of the three may come to have pages of its own, which its maker pays for */
    }
    bench_open(&bench, j6_vma_flag_large);
    j6_handle_t clone = area_clone(bench.area, 0, 2 * LARGE, j6_vma_flag_large);
    j6_handle_t odd = area_clone(bench.area, 3, 2 * LARGE - 3, j6_vma_flag_large);
    char *copy = area_map(clone, READ_WRITE);
    char *odd_copy = area_map(odd, READ_WRITE);
    mark(bench.memory + 5 * PAGE, 3, 5000);
    mark(copy + 6 * PAGE, 3, 6000);
    mark(odd_copy + 1000 * PAGE, 3, 7000);
    expect(is_marked(bench.memory, 5, 1));
    expect(is_marked(bench.memory + 5 * PAGE, 3, 5000));
    expect(is_marked(bench.memory + 8 * PAGE, 2 * LARGE - 8, 9));
    expect(is_marked(copy, 6, 1));
    expect(is_marked(copy + 6 * PAGE, 3, 6000));
    expect(is_marked(copy + 9 * PAGE, 2 * LARGE - 9, 10));
    expect(is_marked(odd_copy, 1000, 4));
    expect(is_marked(odd_copy + 1000 * PAGE, 3, 7000));
    area_unmap(clone, copy);
    area_unmap(odd, odd_copy);
    area_unmap(bench.area, bench.memory);
    expect_ok(j6_handle_close(odd));
    expect_ok(j6_handle_close(clone));
    bench_close(&bench);
}

TEST(a_large_area_can_be_mapped_at_odd_places_and_offsets)
{
    struct bench bench;
    bench_open(&bench, j6_vma_flag_large);
    uint64_t odd = far_place() + 8 * SIZE + 3 * PAGE;
    uint64_t same = far_place() + 16 * SIZE + 7 * PAGE;
    char *one = area_map_at(bench.area, odd, READ_WRITE);
    char *two =
        (char *)view_map_in(j6_handle_self_process, same, bench.area, 7, 2 * LARGE - 7, READ_WRITE);
    expect(is_marked(one, 2 * LARGE, 1));
    expect(is_marked(two, 2 * LARGE - 7, 8));
    mark(two, 2 * LARGE - 7, 10008);
    expect(is_marked(one + 7 * PAGE, 2 * LARGE - 7, 10008));
    expect(is_marked(bench.memory + 7 * PAGE, 2 * LARGE - 7, 10008));
    area_unmap(bench.area, one);
    area_unmap(bench.area, two);
    area_unmap(bench.area, bench.memory);
    bench_close(&bench);
}

TEST(a_large_area_shrinks_and_grows_by_single_pages)
{
    if (!test_has_frames(6 * LARGE)) {
        return;
    }
    j6_handle_t area = area_new(2 * LARGE, j6_vma_flag_large | j6_vma_flag_resizable);
    char *memory = area_map_at(area, far_place(), READ_WRITE);
    mark(memory, 2 * LARGE, 1);
    expect_ok(area_resize(area, LARGE + 5));
    expect(!can_read(memory + (LARGE + 5) * PAGE));
    expect(is_marked(memory, LARGE + 5, 1));
    expect_ok(area_resize(area, 5));
    expect(!can_read(memory + 5 * PAGE));
    expect_ok(area_resize(area, 4 * LARGE + 1));
    expect(is_marked(memory, 5, 1));
    expect(is_zero(memory + 5 * PAGE, (4 * LARGE - 4) * PAGE));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}
