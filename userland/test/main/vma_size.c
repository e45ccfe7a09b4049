/* SPDX-License-Identifier: MIT */
/* vma_resize and vma_write. */
#include "lib/string.h"
#include "userland/test/main/util.h"

/* A resizable area at the far place, where nothing is behind it. */
static char *far_area(uint64_t pages, j6_handle_t *out_area)
{
    uint64_t address = far_place();
    *out_area = j6_handle_none;
    expect_ok(j6_vma_create_map(pages * PAGE, j6_vma_flag_resizable, READ_WRITE | j6_map_exact,
                                &address, out_area));
    return *out_area == j6_handle_none ? NULL : (char *)address;
}

static j6_status_t resize(j6_handle_t area, uint64_t pages)
{
    uint64_t size = pages * PAGE;
    j6_status_t status = j6_vma_resize(area, &size);
    expect(status != j6_status_ok || size == pages * PAGE);
    return status;
}

TEST(a_mapping_grows_with_its_area)
{
    j6_handle_t area;
    char *memory = far_area(1, &area);
    if (memory != NULL) {
        memory[0] = 'x';
        expect(!can_read(memory + PAGE));
        expect_ok(resize(area, 100));
        expect_equal('x', memory[0]);
        expect_equal(0, memory[100 * PAGE - 1]);
        memory[100 * PAGE - 1] = 'y';
        expect(!can_read(memory + 100 * PAGE));
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

TEST(shrinking_takes_pages_out_of_every_mapping_and_gives_their_frames_back)
{
    j6_handle_t area;
    char *memory = far_area(100, &area);
    char *second = area_map(area, READ_WRITE);
    if (memory != NULL && second != NULL) {
        memset(memory, 'x', PAGE);
        uint64_t before = frames_free();
        memset(memory + PAGE, 'x', 99 * PAGE);
        second[50 * PAGE] = 'x';
        expect(frames_free() + 99 <= before);
        expect_ok(resize(area, 1));
        expect(!can_read(memory + PAGE));
        expect(!can_read(second + 50 * PAGE));
        expect_equal('x', second[PAGE - 1]);
        expect(frames_free() + 8 >= before); /* page tables may stay */
        expect_ok(resize(area, 100));
        expect_equal(0, memory[PAGE]);
        expect_equal(0, memory[100 * PAGE - 1]);
    }
    area_unmap(area, memory);
    area_unmap(area, second);
    expect_ok(j6_handle_close(area));
}

TEST(an_area_grows_up_to_its_neighbour)
{
    j6_handle_t area;
    char *memory = far_area(1, &area);
    j6_handle_t other = area_new(1, 0);
    uint64_t neighbour = far_place() + 4 * PAGE;
    expect_ok(
        j6_vma_map(other, j6_handle_self_process, &neighbour, 0, 0, READ_WRITE | j6_map_exact));
    expect_ok(resize(area, 4));
    expect_status(j6_err_collision, resize(area, 5));
    if (memory != NULL) {
        memory[4 * PAGE - 1] = 'x';
    }
    expect_equal(0, *(const char *)neighbour);
    area_unmap(other, (void *)neighbour);
    expect_ok(resize(area, 5));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(other));
}

TEST(vma_resize_refuses_areas_of_fixed_size_and_sizes_that_no_area_can_have)
{
    j6_handle_t fixed = area_new(1, 0);
    j6_handle_t area = area_new(1, j6_vma_flag_resizable);
    uint64_t too_large = (1ull << 48) + PAGE;
    expect_status(j6_err_bad_state, resize(fixed, 2));
    expect_status(j6_err_out_of_range, j6_vma_resize(area, &too_large));
    too_large = ~0ull;
    expect_status(j6_err_out_of_range, j6_vma_resize(area, &too_large));
    expect_ok(j6_handle_close(fixed));
    expect_ok(j6_handle_close(area));
}

TEST(vma_write_writes_across_pages)
{
    static char data[3 * PAGE];
    j6_handle_t area = area_new(4, 0);
    uint64_t len = sizeof(data);
    const uint64_t offset = PAGE / 2;
    memset(data, 'x', sizeof(data));
    expect_ok(j6_vma_write(area, offset, data, &len));
    expect_equal(sizeof(data), len);
    const char *memory = area_map(area, j6_map_read);
    if (memory != NULL) {
        expect_equal(0, memory[offset - 1]);
        expect_equal(0, memcmp(memory + offset, data, sizeof(data)));
        expect_equal(0, memory[offset + sizeof(data)]);
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

TEST(vma_write_refuses_what_lies_outside_of_the_area)
{
    char byte = 'x';
    uint64_t len = 1;
    j6_handle_t area = area_new(1, 0);
    expect_status(j6_err_out_of_range, j6_vma_write(area, PAGE, &byte, &len));
    len = 2;
    expect_status(j6_err_out_of_range, j6_vma_write(area, PAGE - 1, &byte, &len));
    len = 1;
    expect_status(j6_err_out_of_range, j6_vma_write(area, ~0ull, &byte, &len));
    expect_ok(j6_vma_write(area, PAGE - 1, &byte, &len));
    len = 0;
    expect_ok(j6_vma_write(area, 0, &byte, &len));
    expect_ok(j6_handle_close(area));
}

TEST(vma_write_reaches_what_is_mapped_read_only)
{
    j6_handle_t area = area_new(1, 0);
    const volatile char *memory = area_map(area, j6_map_read);
    uint64_t len = 5;
    if (memory != NULL) {
        expect_equal(0, memory[0]);
        expect_ok(j6_vma_write(area, 0, "hello", &len));
        expect_equal('h', memory[0]);
        area_unmap(area, (const void *)memory);
    }
    expect_ok(j6_handle_close(area));
}

/* One area, mapped very often: each mapping follows, and loses what is taken away. */
TEST(hundreds_of_mappings_follow_the_size_of_their_area)
{
    enum { MAPPINGS = 300, GAP = 4 };
    j6_handle_t area = area_new(1, j6_vma_flag_resizable);
    uint64_t place = far_place();
    for (uint64_t i = 0; i < MAPPINGS; i++) {
        uint64_t address = place + i * GAP * PAGE;
        expect_ok(
            j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE | j6_map_exact));
    }
    expect_ok(resize(area, 2));
    *(char *)(place + PAGE) = 'x';
    bool all_grew = true;
    bool all_shrank = true;
    for (uint64_t i = 0; i < MAPPINGS; i++) {
        all_grew &= *(volatile char *)(place + i * GAP * PAGE + PAGE) == 'x';
    }
    expect_ok(resize(area, 1));
    for (uint64_t i = 0; i < MAPPINGS; i++) {
        all_shrank &= !can_read((char *)(place + i * GAP * PAGE + PAGE)) &&
                      can_read((char *)(place + i * GAP * PAGE));
    }
    expect(all_grew);
    expect(all_shrank);
    for (uint64_t i = 0; i < MAPPINGS; i++) {
        expect_ok(j6_vma_unmap(area, j6_handle_self_process, place + i * GAP * PAGE, 0));
    }
    expect_ok(j6_handle_close(area));
}
