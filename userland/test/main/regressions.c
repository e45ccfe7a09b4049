/* SPDX-License-Identifier: MIT */
/*
 * Mistakes that kernels like this one have made with memory, each with a test that would have shown
 * it. Those that other files show: a_copy_… in process_copy.c, an_area_keeps_its_bytes_… in vma.c.
 */
#include "lib/string.h"
#include "userland/test/main/memory.h"

/* Copies between spaces went by the caller's tables, and took the pages behind for contiguous. */
TEST(a_copy_between_spaces_finds_each_page_in_the_right_space)
{
    enum { PAGES = 9 };
    j6_handle_t here = area_new(PAGES, 0);
    j6_handle_t there = area_new(PAGES, 0);
    j6_handle_t process = process_new();
    char *memory = area_map_at(here, far_place(), READ_WRITE);
    view_map_in(process, far_place(), there, 0, PAGES, READ_WRITE); /* the same addresses */
    for (uint64_t i = 0; i < PAGES; i++) { /* frames in different orders on either side */
        memory[(i * 4 % PAGES) * PAGE] = 1;
        process_put(process, far_place() + (i * 7 % PAGES) * PAGE, 2);
    }
    mark(memory, PAGES, 100);
    uint64_t len = PAGES * PAGE - 1;
    expect_ok(j6_process_write(process, far_place(), memory, &len));
    memset(memory, 0, PAGES * PAGE);
    expect_equal(100, process_get(process, far_place()));
    expect_ok(j6_process_read(process, far_place(), memory, &len));
    expect(is_marked(memory, PAGES - 1, 100));
    area_unmap(here, memory);
    process_end(process);
    expect_ok(j6_handle_close(here));
    expect_ok(j6_handle_close(there));
}

/* Iterators over empty maps never met their end. */
TEST(walks_over_spaces_and_areas_that_hold_nothing_end)
{
    j6_handle_t process = process_new();
    j6_handle_t area = area_new(1ull << 30, 0);
    char byte;
    uint64_t len = 1;
    expect_status(j6_err_not_found, j6_vma_unmap(area, process, far_place(), 0));
    expect_status(j6_err_not_found, j6_vma_protect(area, process, far_place(), PAGE, 0));
    expect_status(j6_err_bad_address, j6_process_read(process, far_place(), &byte, &len));
    expect_ok(area_op(area, j6_op_decommit, 0, 1ull << 30));
    expect_ok(area_op(area, j6_op_zero, 0, 1ull << 30));
    char *memory = area_map(area, READ_WRITE);
    expect_ok(protect(area, memory, 0, 0));
    area_unmap(area, memory);
    process_end(process);
    expect_ok(j6_handle_close(area));
}

/* page_count aligned instead of counting. */
TEST(sizes_are_rounded_up_to_whole_pages)
{
    static const struct {
        uint64_t size, pages;
    } sizes[] = {{1, 1}, {PAGE - 1, 1}, {PAGE, 1}, {PAGE + 1, 2}, {3 * PAGE - 1, 3}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        j6_handle_t area = j6_handle_none;
        uint64_t address = far_place();
        expect_ok(j6_vma_create_map(sizes[i].size, j6_vma_flag_resizable, READ_WRITE | j6_map_exact,
                                    &address, &area));
        expect(can_write((char *)address + sizes[i].pages * PAGE - 1));
        expect(!can_read((char *)address + sizes[i].pages * PAGE));
        uint64_t size = sizes[i].size + PAGE;
        expect_ok(j6_vma_resize(area, &size));
        expect_equal((sizes[i].pages + 1) * PAGE, size);
        expect(!can_read((char *)address + size));
        area_unmap(area, (char *)address);
        expect_ok(j6_handle_close(area));
    }
}

/* A block that was split off got the state of the rest, and the rest its. */
TEST(a_range_that_is_split_off_gets_its_own_state_and_the_rest_keeps_its)
{
    enum { PAGES = 6 };
    j6_handle_t area = area_new(PAGES, 0);
    for (uint64_t first = 0; first < PAGES; first++) {
        for (uint64_t count = 1; count <= PAGES - first; count++) {
            char *memory = area_map(area, READ_WRITE);
            mark(memory, PAGES, 1);
            expect_ok(protect(area, memory + first * PAGE, count, j6_map_read));
            bool right = true;
            for (uint64_t page = 0; page < PAGES; page++) {
                bool inside = page >= first && page < first + count;
                right &= can_read(memory + page * PAGE);
                right &= can_write(memory + page * PAGE + 64) != inside;
            }
            expect(right);
            expect(is_marked(memory, PAGES, 1));
            expect_ok(protect(area, memory + first * PAGE, count, READ_WRITE));
            area_unmap(area, memory);
        }
    }
    expect_ok(j6_handle_close(area));
}

/* A page found by the translation of before: each change is seen by the very next access. */
SAMPLE_TEST(no_access_goes_by_a_translation_that_was_changed)
{
    j6_handle_t area = area_new(1, 0);
    volatile char *memory = area_map(area, READ_WRITE);
    bool right = true;
    for (char i = 1; i < 100; i++) {
        memory[9] = i;
        j6_handle_t clone = area_clone(area, 0, 1, 0);
        memory[9] = 0x7f;
        right &= memory[9] == 0x7f && area_get(clone, 9) == i;
        expect_ok(area_op(area, j6_op_decommit, 0, 1));
        right &= memory[9] == 0;
        area_put(area, 9, i);
        right &= memory[9] == i;
        expect_ok(unmap(area, (char *)memory, 0));
        char *again = area_map_at(clone, (uint64_t)memory, j6_map_read);
        right &= memory[9] == i && !can_write(again);
        area_unmap(clone, again);
        area_map_at(area, (uint64_t)memory, READ_WRITE);
        expect_ok(j6_handle_close(clone));
    }
    expect(right);
    area_unmap(area, (char *)memory);
    expect_ok(j6_handle_close(area));
}

/* Tables made of pages that were used before: whatever was in them would be mappings now. */
TEST(new_page_tables_map_nothing_but_what_was_asked_for)
{
    enum { PAGES = 2000, PLACES = 20 };
    j6_handle_t area = area_new(PAGES, 0);
    char *memory = area_map(area, READ_WRITE);
    memset(memory, 0xff, PAGES * PAGE);
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
    area = area_new(1, 0);
    for (uint64_t i = 0; i < PLACES; i++) {
        memory = area_map_at(area, far_place() + (i << 30), READ_WRITE);
        *(volatile char *)memory = 1;
        expect(!can_read(memory - 1));
        expect(!can_read(memory + PAGE));
        expect(!can_read(memory + (1 << 21)));
        expect(!can_read(memory + (511ull << 21)));
    }
    for (uint64_t i = 0; i < PLACES; i++) {
        area_unmap(area, (char *)far_place() + (i << 30));
    }
    expect_ok(j6_handle_close(area));
}

/* Shifts in 32 bits lose the upper half. */
TEST(offsets_and_lengths_beyond_32_bits_lose_nothing)
{
    j6_handle_t area = area_new(1ull << 35, 0);
    for (unsigned bit = 12; bit < 47; bit++) {
        area_put(area, (1ull << bit) + bit, (char)bit);
    }
    for (unsigned bit = 12; bit < 47; bit++) {
        char *memory = view_map(area, 1ull << (bit - 12), 1, j6_map_read);
        expect_equal(bit, memory[bit]);
        area_unmap(area, memory);
    }
    const uint64_t half = 1ull << 43;
    char *memory = (char *)view_map_in(j6_handle_self_process, far_place(), area, 0,
                                       2 * half / PAGE, READ_WRITE);
    expect_equal(43, memory[half + 43]);
    expect_ok(unmap(area, memory + half, half / PAGE));
    expect(!can_read(memory + half + 43));
    expect(!can_read(memory + 2 * half - 1));
    expect_equal(42, memory[half / 2 + 42]);
    expect_ok(unmap(area, memory, 0));
    expect_ok(j6_handle_close(area));
}

/* Frames that a process had hold nothing of it when another gets them. */
SAMPLE_TEST(new_pages_hold_nothing_of_the_pages_that_were_freed)
{
    enum { PAGES = 500 };
    static char page[PAGE];
    bool clean = true;
    for (int round = 0; round < 2; round++) {
        j6_handle_t area = area_new(PAGES, 0);
        char *memory = area_map(area, READ_WRITE);
        expect_ok(area_op(area, j6_op_commit, 0, PAGES));
        for (uint64_t i = 0; i < PAGES; i++) {
            uint64_t len = PAGE;
            expect_ok(j6_vma_read(area, i * PAGE, page, &len));
            clean &= is_zero(page, PAGE);
        }
        memset(memory, 0xa5, PAGES * PAGE);
        area_unmap(area, memory);
        expect_ok(j6_handle_close(area));
    }
    expect(clean);
}
