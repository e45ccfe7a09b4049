/* SPDX-License-Identifier: MIT */
/* vma_op_range: commit, decommit, zero; and mappings whose size is fixed. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

enum { FEW = 8 }; /* frames for tree nodes, page tables and objects */

static const uint64_t FIXED = READ_WRITE | j6_map_fixed_size;

TEST(commit_makes_the_pages_that_are_missing)
{
    enum { PAGES = 300 };
    j6_handle_t area = area_new(PAGES, 0);
    uint64_t before = frames_free();
    area_put(area, 7 * PAGE, 'x');
    expect_ok(area_op(area, j6_op_commit, 0, PAGES));
    expect(frames_free() + PAGES <= before);
    expect(frames_used_at_most(PAGES + FEW, before));
    uint64_t committed = frames_free();
    expect_ok(area_op(area, j6_op_commit, 0, PAGES));
    const char *memory = area_map(area, j6_map_read);
    expect_equal(0, memory[6 * PAGE]);
    expect_equal('x', memory[7 * PAGE]);
    expect(frames_used_at_most(FEW, committed));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
    frames_used_at_most(2, before);
}

TEST(decommit_gives_frames_back_and_reads_as_zero_everywhere)
{
    enum { PAGES = 300 };
    j6_handle_t area = area_new(PAGES, 0);
    j6_handle_t process = process_new();
    uint64_t there = view_map_in(process, far_place(), area, 0, PAGES, READ_WRITE);
    char *memory = area_map(area, READ_WRITE);
    char *second = view_map(area, 100, 100, READ_WRITE);
    if (memory != NULL && second != NULL) {
        mark(memory, PAGES, 1);
        expect(is_marked(second, 100, 101));
        uint64_t before = frames_free();
        expect_ok(area_op(area, j6_op_decommit, 50, 200));
        expect(frames_free() >= before + 200);
        expect(is_zero(memory + 50 * PAGE, 200 * PAGE));
        expect(is_zero(second, 100 * PAGE));
        expect_equal(0, process_get(process, there + 50 * PAGE));
        expect_equal(1, process_get(process, there));
        expect(is_marked(memory, 50, 1));
        expect(is_marked(memory + 250 * PAGE, 50, 251));
        second[0] = 'x';
        expect_equal('x', memory[100 * PAGE]);
    }
    area_unmap(area, memory);
    area_unmap(area, second);
    process_end(process);
    expect_ok(j6_handle_close(area));
}

TEST(zero_clears_what_is_there_and_makes_no_pages)
{
    enum { PAGES = 5000 };
    j6_handle_t area = area_new(PAGES, 0);
    char *memory = view_map(area, 0, 100, READ_WRITE);
    if (memory != NULL) {
        mark(memory, 100, 1);
        uint64_t before = frames_free();
        expect_ok(area_op(area, j6_op_zero, 10, PAGES - 10));
        expect(is_marked(memory, 10, 1));
        expect(is_zero(memory + 10 * PAGE, 90 * PAGE));
        expect(frames_used_at_most(FEW, before));
        expect(frames_free() <= before + FEW);
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

/* 128 TiB with three pages: what isn't there isn't visited. */
TEST(ranges_of_the_largest_area_cost_only_what_is_there)
{
    const uint64_t pages = 1ull << 35;
    static const uint64_t there[] = {0, 12345678901, (1ull << 35) - 1};
    j6_handle_t area = area_new(pages, 0);
    for (int i = 0; i < 3; i++) {
        area_put(area, there[i] * PAGE + 9, 'x');
    }
    j6_handle_t clone = area_clone(area, 0, pages, 0);
    expect_ok(area_op(area, j6_op_zero, 1, pages - 1));
    expect_equal('x', area_get(area, 9));
    expect_equal(0, area_get(area, there[1] * PAGE + 9));
    expect_equal(0, area_get(area, there[2] * PAGE + 9));
    expect_ok(area_op(area, j6_op_decommit, 0, pages));
    expect_equal(0, area_get(area, 9));
    expect_ok(j6_handle_close(area));
    for (int i = 0; i < 3; i++) {
        expect_equal('x', area_get(clone, there[i] * PAGE + 9));
    }
    expect_ok(j6_handle_close(clone));
}

TEST(a_range_of_no_pages_is_ok_for_every_operation)
{
    j6_handle_t area = area_new(2, 0);
    uint64_t address = 0;
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, FIXED));
    for (uint64_t op = j6_op_commit; op <= j6_op_zero; op++) {
        for (uint64_t first = 0; first <= 2; first++) {
            expect_ok(area_op(area, op, first, 0));
        }
    }
    area_unmap(area, (void *)address);
    expect_ok(j6_handle_close(area));
}

static void expect_range_error(j6_status_t wanted, j6_handle_t area, uint64_t op, uint64_t offset,
                               uint64_t len)
{
    expect_status(wanted, j6_vma_op_range(area, op, offset, &len));
}

TEST(vma_op_range_refuses_what_is_unknown_unaligned_or_outside)
{
    j6_handle_t area = area_new(4, 0);
    expect_range_error(j6_err_invalid_arg, area, 3, 0, PAGE);
    expect_range_error(j6_err_invalid_arg, area, 1ull << 32, 0, PAGE);
    for (uint64_t op = j6_op_commit; op <= j6_op_zero; op++) {
        expect_range_error(j6_err_invalid_arg, area, op, 1, PAGE);
        expect_range_error(j6_err_invalid_arg, area, op, 0, PAGE - 1);
        expect_range_error(j6_err_out_of_range, area, op, 0, 5 * PAGE);
        expect_range_error(j6_err_out_of_range, area, op, 5 * PAGE, 0);
        expect_range_error(j6_err_out_of_range, area, op, -(uint64_t)PAGE, 2 * PAGE);
        expect_range_error(j6_err_out_of_range, area, op, PAGE, -(uint64_t)PAGE);
    }
    expect_ok(j6_handle_close(area));
}

TEST(each_operation_on_a_range_needs_its_own_right)
{
    j6_handle_t area = area_new(4, 0);
    j6_handle_t no_map = without(area, j6_right_vma_map);
    j6_handle_t no_resize = without(area, j6_right_vma_resize);
    expect_range_error(j6_err_denied, no_map, j6_op_commit, 0, PAGE);
    expect_range_error(j6_err_denied, no_resize, j6_op_decommit, 0, PAGE);
    expect_range_error(j6_err_denied, no_resize, j6_op_zero, 0, PAGE);
    expect_ok(area_op(no_resize, j6_op_commit, 0, 1));
    expect_ok(area_op(no_map, j6_op_decommit, 0, 1));
    expect_ok(area_op(no_map, j6_op_zero, 0, 1));
    expect_ok(j6_handle_close(no_map));
    expect_ok(j6_handle_close(no_resize));
    expect_ok(j6_handle_close(area));
}

TEST(a_mapping_of_fixed_size_has_all_of_its_pages)
{
    enum { PAGES = 100 };
    uint64_t address = 0;
    j6_handle_t area = area_new(PAGES + 20, 0);
    uint64_t before = frames_free();
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 10 * PAGE, PAGES * PAGE, FIXED));
    expect(frames_free() + PAGES <= before);
    expect(frames_used_at_most(PAGES + FEW, before));
    area_unmap(area, (void *)address);
    expect_ok(j6_handle_close(area));
}

TEST(nobody_can_decommit_below_a_mapping_of_fixed_size)
{
    uint64_t address = 0;
    j6_handle_t area = area_new(40, 0);
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 10 * PAGE, 20 * PAGE, FIXED));
    char *memory = (char *)address;
    mark(memory, 20, 1);
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 0, 40));
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 10, 1));
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 29, 5));
    expect_ok(area_op(area, j6_op_decommit, 0, 10));
    expect_ok(area_op(area, j6_op_decommit, 30, 10));
    expect_ok(protect(area, memory, 0, 0));
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 10, 20));
    expect_ok(protect(area, memory + 5 * PAGE, 5, READ_WRITE));
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 16, 1));
    expect_ok(protect(area, memory, 5, READ_WRITE));
    expect_ok(protect(area, memory + 10 * PAGE, 10, READ_WRITE));
    expect(is_marked(memory, 20, 1));
    expect_ok(unmap(area, memory + 8 * PAGE, 4));
    expect_ok(area_op(area, j6_op_decommit, 18, 4));
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 17, 1));
    expect_status(j6_err_bad_state, area_op(area, j6_op_decommit, 22, 1));
    expect_ok(unmap(area, memory, 0));
    expect_ok(unmap(area, memory + 12 * PAGE, 0));
    expect_ok(area_op(area, j6_op_decommit, 0, 40));
    expect_ok(j6_handle_close(area));
}

TEST(areas_that_may_shrink_or_be_revoked_cannot_be_mapped_with_fixed_size)
{
    static const uint64_t flags[] = {j6_vma_flag_resizable, j6_vma_flag_revocable,
                                     j6_vma_flag_resizable | j6_vma_flag_revocable};
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        j6_handle_t area = area_new(2, flags[i]);
        j6_handle_t other;
        uint64_t address = 0;
        expect_status(j6_err_bad_state,
                      j6_vma_map(area, j6_handle_self_process, &address, 0, 0, FIXED));
        expect_status(j6_err_bad_state, j6_vma_create_map(PAGE, flags[i], FIXED, &address, &other));
        expect_equal(0, address);
        expect_ok(j6_handle_close(area));
    }
}

/* So a write to it later needs no frame. */
TEST(a_clone_that_is_mapped_writable_with_fixed_size_owns_its_pages)
{
    enum { PAGES = 64 };
    uint64_t address = 0;
    j6_handle_t area = area_new(PAGES, 0);
    char *source = area_map(area, READ_WRITE);
    mark(source, PAGES, 1);
    j6_handle_t clone = area_clone(area, 0, PAGES, 0);
    uint64_t before = frames_free();
    expect_ok(j6_vma_map(clone, j6_handle_self_process, &address, 0, 0, FIXED));
    expect(frames_free() + PAGES <= before);
    expect(is_marked((char *)address, PAGES, 1)); /* its page tables are there */
    uint64_t owned = frames_free();
    mark((char *)address, PAGES, 2);
    expect(frames_free() >= owned);
    expect(is_marked(source, PAGES, 1));
    area_unmap(clone, (void *)address);
    area_unmap(area, source);
    expect_ok(j6_handle_close(clone));
    expect_ok(j6_handle_close(area));
}

/* To write there would then take memory that may not be had. */
TEST(nobody_can_clone_below_a_writable_mapping_of_fixed_size)
{
    uint64_t address = 0;
    j6_handle_t clone;
    j6_handle_t area = area_new(8, 0);
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 0, 4 * PAGE, FIXED));
    expect_status(j6_err_bad_state, j6_vma_clone(area, 3 * PAGE, 2 * PAGE, 0, &clone));
    expect_ok(j6_vma_clone(area, 4 * PAGE, 4 * PAGE, 0, &clone));
    expect_ok(j6_handle_close(clone));
    area_unmap(area, (void *)address);
    expect_ok(j6_vma_clone(area, 0, 8 * PAGE, 0, &clone));
    expect_ok(j6_handle_close(clone));
    expect_ok(j6_handle_close(area));
}

TEST(writing_cannot_be_added_to_a_mapping_of_fixed_size)
{
    uint64_t address = 0;
    uint64_t read_only = j6_map_read | j6_map_fixed_size;
    j6_handle_t area = area_new(4, 0);
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, read_only));
    expect_status(j6_err_bad_state, protect(area, (void *)address, 1, READ_WRITE));
    expect_ok(protect(area, (void *)address, 1, 0));
    expect_ok(protect(area, (void *)address, 1, j6_map_read));
    area_unmap(area, (void *)address);
    expect_ok(j6_handle_close(area));
}
