/* SPDX-License-Identifier: MIT */
/* Mappings are views: any part of an area, several times, in several spaces. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

TEST(views_at_different_offsets_of_one_area_show_the_same_pages)
{
    enum { PAGES = 80, VIEWS = 40 };
    static char *view[VIEWS];
    j6_handle_t area = area_new(PAGES, 0);
    char *whole = area_map(area, READ_WRITE);
    bool right = true;
    mark(whole, PAGES, 1);
    for (uint64_t i = 0; i < VIEWS; i++) {
        view[i] = view_map(area, i, PAGES - 2 * i, READ_WRITE);
        right &= is_marked(view[i], PAGES - 2 * i, 1 + i);
    }
    for (uint64_t i = 0; i < VIEWS; i++) {
        view[i][64] = (char)(i + 1); /* of page i, which views 0 to i show */
    }
    for (uint64_t i = 0; i < VIEWS; i++) {
        for (uint64_t k = 0; k <= i; k++) {
            right &= view[k][(i - k) * PAGE + 64] == (char)(i + 1);
        }
    }
    expect(right);
    for (uint64_t i = 0; i < VIEWS; i++) {
        area_unmap(area, view[i * 7 % VIEWS]); /* in no order */
    }
    expect(is_marked(whole, PAGES, 1));
    area_unmap(area, whole);
    expect_ok(j6_handle_close(area));
}

TEST(views_in_two_other_processes_show_the_same_pages)
{
    j6_handle_t area = area_new(10, 0);
    j6_handle_t one = process_new();
    j6_handle_t two = process_new();
    uint64_t in_one = view_map_in(one, far_place(), area, 0, 10, READ_WRITE);
    uint64_t in_two = view_map_in(two, far_place(), area, 5, 5, READ_WRITE);
    process_put(one, in_one + 7 * PAGE + 3, 'a');
    expect_equal('a', process_get(two, in_two + 2 * PAGE + 3));
    process_put(two, in_two + 4 * PAGE, 'b');
    expect_equal('b', process_get(one, in_one + 9 * PAGE));
    expect_equal('b', area_get(area, 9 * PAGE));
    expect_ok(j6_vma_unmap(area, one, in_one, 0));
    expect_equal('b', process_get(two, in_two + 4 * PAGE));
    process_end(two);
    expect_equal('a', area_get(area, 7 * PAGE + 3));
    process_end(one);
    expect_ok(j6_handle_close(area));
}

TEST(a_view_beyond_the_end_of_a_shrunk_area_is_there_again_when_it_grows)
{
    j6_handle_t area = area_new(10, j6_vma_flag_resizable);
    char *view = view_map(area, 5, 5, READ_WRITE);
    mark(view, 5, 1);
    expect_ok(area_resize(area, 7));
    expect(is_marked(view, 2, 1));
    expect(!can_read(view + 2 * PAGE));
    expect(!can_write(view + 4 * PAGE));
    expect_ok(area_resize(area, 10));
    expect(is_marked(view, 2, 1));
    expect(is_zero(view + 2 * PAGE, 3 * PAGE));
    area_unmap(area, view);
    expect_ok(j6_handle_close(area));
}

/* The seven ways to cut a range off, each with the bytes and the rest of the mapping right. */
TEST(any_part_of_a_mapping_can_be_unmapped_and_the_rest_stands)
{
    static const struct {
        uint64_t first, count;
    } cuts[] = {{0, 1}, {0, 5}, {7, 1}, {3, 5}, {1, 6}, {4, 1}, {0, 8}};
    j6_handle_t area = area_new(8, 0);
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        char *memory = area_map(area, READ_WRITE);
        uint64_t behind = cuts[i].first + cuts[i].count;
        mark(memory, 8, 1);
        expect_ok(unmap(area, memory + cuts[i].first * PAGE, cuts[i].count));
        for (uint64_t page = 0; page < 8; page++) {
            bool gone = page >= cuts[i].first && page < behind;
            expect(can_read(memory + page * PAGE) != gone);
        }
        expect(is_marked(memory, cuts[i].first, 1));
        expect(is_marked(memory + behind * PAGE, 8 - behind, 1 + behind));
        expect(cuts[i].first == 0 || unmap(area, memory, 0) == j6_status_ok);
        expect(behind == 8 || unmap(area, memory + behind * PAGE, 0) == j6_status_ok);
        expect(!can_read(memory) && !can_read(memory + 7 * PAGE));
    }
    expect_ok(j6_handle_close(area));
}

TEST(vma_unmap_finds_only_ranges_of_one_mapping)
{
    j6_handle_t area = area_new(4, 0);
    char *memory = area_map_at(area, far_place(), READ_WRITE);
    expect_status(j6_err_not_found, unmap(area, memory, 5));
    expect_status(j6_err_not_found, unmap(area, memory + PAGE, 0));
    expect_status(j6_err_not_found, unmap(area, memory - PAGE, 2));
    expect_status(j6_err_not_found,
                  j6_vma_unmap(area, j6_handle_self_process, (uint64_t)memory, -(uint64_t)PAGE));
    expect_ok(unmap(area, memory + PAGE, 1));
    expect_status(j6_err_not_found, unmap(area, memory, 4));
    expect(can_read(memory));
    expect_ok(unmap(area, memory, 0));
    expect_ok(unmap(area, memory + 2 * PAGE, 0));
    expect_ok(j6_handle_close(area));
}

/* Of the two handles that the calls on mappings take, each needs the right `map`. */
TEST(mappings_of_another_process_need_the_right_map_on_both_handles)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t process = process_new();
    j6_handle_t poor_area = without(area, j6_right_vma_map);
    j6_handle_t poor_process = without(process, j6_right_process_map);
    uint64_t there = far_place();
    const uint64_t flags = READ_WRITE | j6_map_exact;
    expect_status(j6_err_denied, j6_vma_map(poor_area, process, &there, 0, 0, flags));
    expect_status(j6_err_denied, j6_vma_map(area, poor_process, &there, 0, 0, flags));
    expect_ok(j6_vma_map(area, process, &there, 0, 0, flags));
    expect_status(j6_err_denied, j6_vma_protect(poor_area, process, there, 0, j6_map_read));
    expect_status(j6_err_denied, j6_vma_protect(area, poor_process, there, 0, j6_map_read));
    expect_ok(j6_vma_protect(area, process, there, 0, j6_map_read));
    expect_status(j6_err_denied, j6_vma_unmap(poor_area, process, there, 0));
    expect_status(j6_err_denied, j6_vma_unmap(area, poor_process, there, 0));
    expect_ok(j6_vma_unmap(area, process, there, 0));
    process_end(process);
    expect_ok(j6_handle_close(poor_process));
    expect_ok(j6_handle_close(poor_area));
    expect_ok(j6_handle_close(area));
}

TEST(a_process_that_has_ended_has_no_mappings_and_gets_none)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t process = process_ended();
    uint64_t there = far_place();
    expect_status(j6_err_bad_state, j6_vma_map(area, process, &there, 0, 0, READ_WRITE));
    expect_status(j6_err_not_found, j6_vma_unmap(area, process, there, 0));
    expect_status(j6_err_not_found, j6_vma_protect(area, process, there, 0, j6_map_read));
    expect_ok(j6_handle_close(process));
    expect_ok(j6_handle_close(area));
}
