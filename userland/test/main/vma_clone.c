/* SPDX-License-Identifier: MIT */
/* vma_clone: copies that share pages until somebody writes. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

enum { OLD = 1000, NEW = 2000 };

/* An area of `pages` marked pages. */
static j6_handle_t marked_area(uint64_t pages, uint64_t flags)
{
    j6_handle_t area = area_new(pages, flags);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        mark(memory, pages, OLD);
    }
    area_unmap(area, memory);
    return area;
}

/* Maps the pages for a look at them. */
static bool area_is_marked(j6_handle_t area, uint64_t first, uint64_t count, uint64_t name)
{
    char *memory = view_map(area, first, count, j6_map_read);
    bool right = memory != NULL && is_marked(memory, count, name);
    area_unmap(area, memory);
    return right;
}

TEST(a_clone_starts_with_the_bytes_of_its_range_of_the_source)
{
    static const struct {
        uint64_t first, count;
    } ranges[] = {{0, 200}, {0, 1}, {199, 1}, {63, 2}, {64, 64}, {1, 198}, {100, 7}};
    j6_handle_t area = marked_area(200, 0);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        j6_handle_t clone = area_clone(area, ranges[i].first, ranges[i].count, 0);
        char *memory = area_map(clone, READ_WRITE);
        if (memory != NULL) {
            expect(is_marked(memory, ranges[i].count, OLD + ranges[i].first));
            mark(memory, ranges[i].count, NEW);
            expect(is_marked(memory, ranges[i].count, NEW));
        }
        area_unmap(clone, memory);
        expect(area_is_marked(area, 0, 200, OLD));
        expect_ok(j6_handle_close(clone));
    }
    expect_ok(j6_handle_close(area));
}

TEST(holes_of_the_source_are_holes_of_the_clone)
{
    j6_handle_t area = area_new(1 << 20, 0);
    area_put(area, 5ull * PAGE, 'a');
    area_put(area, 70000ull * PAGE + 1, 'b');
    j6_handle_t clone = area_clone(area, 4, (1 << 20) - 4, 0);
    expect_equal(0, area_get(clone, 0));
    expect_equal('a', area_get(clone, PAGE));
    expect_equal('b', area_get(clone, 69996ull * PAGE + 1));
    area_put(clone, 2 * PAGE, 'c');
    area_put(area, 4 * PAGE, 'd');
    expect_equal(0, area_get(area, 6 * PAGE));
    expect_equal(0, area_get(clone, 0));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(clone));
}

TEST(neither_side_of_a_clone_sees_what_the_other_writes)
{
    j6_handle_t area = marked_area(8, 0);
    char *source = area_map(area, READ_WRITE);
    expect(is_marked(source, 8, OLD)); /* its page tables are filled */
    j6_handle_t handle = area_clone(area, 0, 8, 0);
    char *clone = area_map(handle, READ_WRITE);
    if (source != NULL && clone != NULL) {
        mark(source, 3, NEW);
        expect(is_marked(clone, 8, OLD));
        mark(clone + 2 * PAGE, 3, 3 * NEW);
        expect(is_marked(source, 3, NEW));
        expect(is_marked(source + 3 * PAGE, 5, OLD + 3));
        expect(is_marked(clone, 2, OLD));
        expect(is_marked(clone + 2 * PAGE, 3, 3 * NEW));
        expect(is_marked(clone + 5 * PAGE, 3, OLD + 5));
    }
    area_unmap(area, source);
    area_unmap(handle, clone);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(handle));
}

/* Written by a call, through a mapping, and through that of another process. */
TEST(all_views_of_one_side_see_its_writes_and_no_view_of_the_other)
{
    j6_handle_t area = marked_area(3, 0);
    j6_handle_t handle = area_clone(area, 0, 3, 0);
    j6_handle_t process = process_new();
    uint64_t there = view_map_in(process, far_place(), handle, 0, 3, READ_WRITE);
    const volatile char *source = area_map(area, j6_map_read);
    const volatile char *first = area_map(handle, j6_map_read);
    char *second = view_map(handle, 1, 2, READ_WRITE);
    if (source != NULL && first != NULL && second != NULL) {
        char old[3] = {source[8], source[PAGE + 8], source[2 * PAGE + 8]};
        expect_equal(old[0], first[8]);
        expect_equal(old[1], second[8]);
        area_put(handle, 8, 'a');
        second[8] = 'b';
        process_put(process, there + 2 * PAGE + 8, 'c');
        expect_equal('a', first[8]);
        expect_equal('b', first[PAGE + 8]);
        expect_equal('c', first[2 * PAGE + 8]);
        expect_equal('c', second[PAGE + 8]);
        expect_equal('a', process_get(process, there + 8));
        expect_equal('b', process_get(process, there + PAGE + 8));
        for (int i = 0; i < 3; i++) {
            expect_equal(old[i], source[i * PAGE + 8]);
        }
    }
    area_unmap(area, (char *)source);
    area_unmap(handle, (char *)first);
    area_unmap(handle, second);
    process_end(process);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(handle));
}

enum { DEPTH = 100 };

/* Each is a clone of the one before, and writes page i. Every version stands, whoever goes first. */
TEST(a_hundred_clones_of_clones_keep_every_version)
{
    static j6_handle_t version[DEPTH + 1];
    version[0] = marked_area(DEPTH, 0);
    for (uint64_t i = 0; i < DEPTH; i++) {
        version[i + 1] = area_clone(version[i], 0, DEPTH, 0);
        area_put(version[i + 1], i * PAGE, (char)(i | 0x80));
    }
    bool right = true;
    for (uint64_t k = 0; k <= DEPTH; k++) {
        uint64_t i = k * 37 % (DEPTH + 1); /* in no order */
        for (uint64_t page = 0; page < DEPTH; page++) {
            char wanted = (char)(page < i ? page | 0x80 : OLD + page);
            right &= area_get(version[i], page * PAGE) == wanted;
        }
        expect_ok(j6_handle_close(version[i]));
    }
    expect(right);
}

/* Each begins one page further on, so all page numbers of the last are far from its offsets. */
TEST(clones_of_ranges_of_clones_show_the_right_pages)
{
    j6_handle_t area = marked_area(150, 0);
    for (uint64_t i = 1; i <= 100; i++) {
        j6_handle_t clone = area_clone(area, 1, 150 - i, j6_vma_flag_resizable);
        expect_ok(j6_handle_close(area));
        area = clone;
        expect_equal((OLD + i) & 0xff, (unsigned char)area_get(area, 0));
    }
    expect(area_is_marked(area, 0, 50, OLD + 100));
    expect_ok(area_resize(area, 60));
    expect(area_is_marked(area, 0, 50, OLD + 100));
    expect_equal(0, area_get(area, 50 * PAGE));
    expect_ok(area_op(area, j6_op_decommit, 10, 10));
    expect(area_is_marked(area, 0, 10, OLD + 100));
    expect_equal(0, area_get(area, 10 * PAGE));
    expect(area_is_marked(area, 20, 30, OLD + 120));
    expect_ok(j6_handle_close(area));
}

TEST(a_clone_of_what_is_mapped_read_only_and_partly_touched_is_whole)
{
    j6_handle_t area = marked_area(20, 0);
    const volatile char *memory = area_map(area, j6_map_read);
    if (memory != NULL) {
        expect_equal(OLD & 0xff, (unsigned char)memory[0]);
        expect_equal((OLD + 7) & 0xff, (unsigned char)memory[7 * PAGE]);
        j6_handle_t handle = area_clone(area, 0, 20, 0);
        char *clone = area_map(handle, READ_WRITE);
        if (clone != NULL) {
            mark(clone, 20, NEW);
        }
        expect(is_marked((const char *)memory, 20, OLD));
        expect(!can_write((char *)memory));
        area_unmap(handle, clone);
        expect_ok(j6_handle_close(handle));
    }
    area_unmap(area, (char *)memory);
    expect_ok(j6_handle_close(area));
}

TEST(a_clone_grows_and_shrinks_without_its_source_and_the_other_way_round)
{
    j6_handle_t area = marked_area(100, j6_vma_flag_resizable);
    j6_handle_t clone = area_clone(area, 10, 80, j6_vma_flag_resizable);
    expect_ok(area_resize(clone, 40));
    expect(area_is_marked(area, 0, 100, OLD));
    expect_ok(area_resize(clone, 200));
    expect(area_is_marked(clone, 0, 40, OLD + 10));
    expect_equal(0, area_get(clone, 40 * PAGE));
    expect_equal(0, area_get(clone, 200 * PAGE - 1));
    expect_ok(area_resize(area, 1));
    expect(area_is_marked(clone, 0, 40, OLD + 10));
    expect_ok(area_resize(area, 100));
    expect_equal(0, area_get(area, 20 * PAGE));
    expect(area_is_marked(area, 0, 1, OLD));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(clone));
}

TEST(a_clone_and_its_source_outlive_each_other)
{
    j6_handle_t area = marked_area(30, 0);
    j6_handle_t clone = area_clone(area, 0, 30, 0);
    expect_ok(j6_handle_close(area));
    expect(area_is_marked(clone, 0, 30, OLD));
    area = clone;
    clone = area_clone(area, 0, 30, 0);
    area_put(clone, 0, 'x');
    expect_ok(j6_handle_close(clone));
    expect(area_is_marked(area, 0, 30, OLD));
    expect_ok(j6_handle_close(area));
}

TEST(decommit_and_zero_on_one_side_of_a_clone_leave_the_other_alone)
{
    j6_handle_t area = marked_area(100, 0);
    j6_handle_t clone = area_clone(area, 0, 100, 0);
    expect_ok(area_op(clone, j6_op_decommit, 0, 50));
    expect_ok(area_op(area, j6_op_zero, 50, 50));
    expect(area_is_marked(area, 0, 50, OLD));
    expect(area_is_marked(clone, 50, 50, OLD + 50));
    expect_equal(0, area_get(clone, 0));
    expect_equal(0, area_get(area, 50 * PAGE));
    expect_ok(area_op(area, j6_op_decommit, 0, 100));
    expect(area_is_marked(clone, 50, 50, OLD + 50));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(clone));
}

TEST(a_clone_of_a_module_has_the_bytes_of_the_module)
{
    j6_handle_t module = j6_find_module("victim");
    j6_handle_t clone = area_clone(module, 0, 4, 0);
    char *memory = area_map(clone, READ_WRITE);
    char *wanted = view_map(module, 0, 4, j6_map_read);
    if (memory != NULL && wanted != NULL) {
        expect_equal(0, memcmp(wanted, "\177ELF", 4));
        expect_equal(0, memcmp(memory, wanted, 4 * PAGE));
        memory[0] = 'x';
        expect_equal(0, memcmp(wanted, "\177ELF", 4));
        expect_equal(0, memcmp(memory + 1, wanted + 1, 4 * PAGE - 1));
    }
    area_unmap(clone, memory);
    area_unmap(module, wanted);
    expect_ok(j6_handle_close(clone));
}

/* Beside the pages there are objects, tree nodes and tables: a few frames. */
TEST(a_clone_takes_frames_for_what_is_written_alone)
{
    enum { PAGES = 2000, FEW = 16 };
    j6_handle_t area = marked_area(PAGES, 0);
    uint64_t before = frames_free();
    j6_handle_t clone = area_clone(area, 0, PAGES, 0);
    char *memory = area_map(clone, READ_WRITE);
    expect(frames_used_at_most(FEW, before));
    if (memory != NULL) {
        mark(memory, 100, NEW);
        expect(frames_free() + 100 <= before);
        expect(frames_used_at_most(100 + FEW, before));
    }
    area_unmap(clone, memory);
    expect_ok(j6_handle_close(clone));
    frames_used_at_most(2, before);
    expect(area_is_marked(area, 0, PAGES, OLD));
    expect_ok(j6_handle_close(area));
}
