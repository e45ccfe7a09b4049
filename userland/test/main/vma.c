/* SPDX-License-Identifier: MIT */
/* vma_create, vma_create_map, vma_map, vma_unmap: what they do. */
#include "lib/string.h"
#include "userland/test/main/util.h"

/* Maps pages [first, first + count) of an area where the kernel likes. */
static char *map_pages(j6_handle_t area, uint64_t first, uint64_t count)
{
    uint64_t address = 0;
    expect_ok(
        j6_vma_map(area, j6_handle_self_process, &address, first * PAGE, count * PAGE, READ_WRITE));
    return (char *)address;
}

TEST(new_pages_are_zero)
{
    j6_handle_t area = area_new(16, 0);
    const uint64_t *words = (const uint64_t *)area_map(area, READ_WRITE);
    for (size_t i = 0; words != NULL && i < 16 * PAGE / sizeof(*words); i++) {
        expect_equal(0, words[i]);
    }
    area_unmap(area, words);
    expect_ok(j6_handle_close(area));
}

TEST(vma_create_map_makes_and_maps)
{
    uint64_t address = 0;
    j6_handle_t area = j6_handle_none;
    if (expect_ok(j6_vma_create_map(2 * PAGE, 0, READ_WRITE, &address, &area))) {
        expect_equal(0, address % PAGE);
        memset((void *)address, 'x', 2 * PAGE);
        area_unmap(area, (void *)address);
        expect_ok(j6_handle_close(area));
    }
}

TEST(an_exact_mapping_lies_where_it_was_asked_for)
{
    uint64_t address = far_place();
    j6_handle_t area = area_new(1, 0);
    if (expect_ok(
            j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE | j6_map_exact))) {
        expect_equal(far_place(), address);
        *(volatile char *)address = 'x';
        area_unmap(area, (void *)address);
    }
    expect_ok(j6_handle_close(area));
}

TEST(an_address_that_is_taken_is_a_collision_or_moves)
{
    uint64_t taken = far_place() + 4 * PAGE;
    uint64_t address = taken - PAGE;
    j6_handle_t area = area_new(4, 0);
    j6_handle_t other;
    expect_ok(j6_vma_map(area, j6_handle_self_process, &taken, 0, 0, READ_WRITE | j6_map_exact));
    expect_status(j6_err_collision, j6_vma_map(area, j6_handle_self_process, &address, 0, 0,
                                               READ_WRITE | j6_map_exact));
    expect_status(j6_err_collision,
                  j6_vma_create_map(4 * PAGE, 0, READ_WRITE | j6_map_exact, &address, &other));
    expect_equal(taken - PAGE, address);
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE));
    expect(address + 4 * PAGE <= taken || address >= taken + 4 * PAGE);
    area_unmap(area, (void *)address);
    area_unmap(area, (void *)taken);
    expect_ok(j6_handle_close(area));
}

TEST(an_area_keeps_its_bytes_while_it_is_mapped_nowhere)
{
    j6_handle_t area = area_new(3, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        string_copy(memory + 2 * PAGE, 64, "still here");
        area_unmap(area, memory);
        memory = area_map(area, j6_map_read);
        expect(string_equal(memory + 2 * PAGE, "still here"));
        expect_equal(0, memory[PAGE]);
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

TEST(all_mappings_of_an_area_show_the_same_bytes)
{
    j6_handle_t area = area_new(4, 0);
    char *whole = area_map(area, READ_WRITE);
    char *part = map_pages(area, 2, 1);
    if (whole != NULL && part != NULL) {
        whole[2 * PAGE + 5] = 'a';
        expect_equal('a', part[5]);
        part[6] = 'b';
        expect_equal('b', whole[2 * PAGE + 6]);
    }
    area_unmap(area, part);
    area_unmap(area, whole);
    expect_ok(j6_handle_close(area));
}

TEST(pages_far_apart_in_a_large_area_stay_apart)
{
    static const uint64_t pages[] = {4095, 0, 1 << 24, 64, 63};
    enum { COUNT = sizeof(pages) / sizeof(pages[0]) };
    j6_handle_t area = area_new((1 << 24) + 1, 0);
    for (size_t i = 0; i < COUNT; i++) {
        char *page = map_pages(area, pages[i], 1);
        if (page != NULL) {
            expect_equal(0, page[0]);
            page[0] = (char)(i + 1);
            area_unmap(area, page);
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        char *page = map_pages(area, pages[i], 1);
        if (page != NULL) {
            expect_equal(i + 1, page[0]);
            area_unmap(area, page);
        }
    }
    expect_ok(j6_handle_close(area));
}

TEST(a_part_of_a_mapping_can_be_unmapped)
{
    j6_handle_t area = area_new(5, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        memory[0] = memory[2 * PAGE] = memory[4 * PAGE] = 'x';
        expect_ok(j6_vma_unmap(area, j6_handle_self_process, (uint64_t)memory + 2 * PAGE, PAGE));
        expect(can_read(memory + 2 * PAGE - 1));
        expect(!can_read(memory + 2 * PAGE));
        expect(!can_read(memory + 3 * PAGE - 1));
        expect(can_read(memory + 3 * PAGE));
        expect_equal('x', memory[0]);
        expect_equal('x', memory[4 * PAGE]);
        area_unmap(area, memory);
        area_unmap(area, memory + 3 * PAGE);
        expect(!can_read(memory));
        expect(!can_read(memory + 3 * PAGE));
    }
    expect_ok(j6_handle_close(area));
}

TEST(a_mapping_allows_what_it_was_made_for_and_no_more)
{
    j6_handle_t area = area_new(1, 0);
    char *read_only = area_map(area, j6_map_read);
    char *code = area_map(area, j6_map_read | j6_map_exec);
    char *reserved = area_map(area, 0);
    expect(can_read(read_only));
    expect(!can_write(read_only));
    expect(can_read(code));
    expect(!can_write(code));
    expect(!can_read(reserved));
    expect(!can_write(reserved));
    area_unmap(area, read_only);
    area_unmap(area, code);
    area_unmap(area, reserved);
    expect_ok(j6_handle_close(area));
}

TEST(an_area_lives_as_long_as_a_mapping_of_it)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t copy = narrowed(area, j6_right_vma_map);
    char *memory = area_map(area, READ_WRITE);
    uint64_t before = objects_live().live[j6_type_vma];
    expect_ok(j6_handle_close(area));
    if (memory != NULL) {
        memory[0] = 'x';
        expect_equal('x', memory[0]);
    }
    expect_equal(before, objects_live().live[j6_type_vma]);
    area_unmap(copy, memory);
    expect_ok(j6_handle_close(copy));
}

SAMPLE_TEST(two_processes_share_an_area_both_ways)
{
    j6_handle_t area = area_new(4, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        string_copy(memory, 64, "from the test");
        expect_equal(0, process_finish(victim_start_sharing("share", "", area)).code);
        expect(string_equal(memory + 3 * PAGE, "from the victim"));
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}
