/* SPDX-License-Identifier: MIT */
/* Calls on areas whose pages are at a fixed place, or that were revoked. */
#include "userland/test/main/devices.h"
#include "userland/test/main/memory.h"

/* What no area without pages of its own can do; in range, with good pointers. */
static void expect_no_page_work(j6_handle_t area)
{
    char byte = 'x';
    uint64_t len = 1;
    j6_handle_t clone = j6_handle_none;
    for (uint64_t op = j6_op_commit; op <= j6_op_zero; op++) {
        len = PAGE;
        expect_status(j6_err_bad_state, j6_vma_op_range(area, op, 0, &len));
        expect_equal(0, len);
        len = 5 * PAGE;
        expect_status(j6_err_out_of_range, j6_vma_op_range(area, op, 0, &len));
    }
    expect_status(j6_err_bad_state, j6_vma_clone(area, 0, PAGE, 0, &clone));
    expect_status(j6_err_out_of_range, j6_vma_clone(area, 4 * PAGE, PAGE, 0, &clone));
    expect_equal(j6_handle_none, clone);
    len = 1;
    expect_status(j6_err_bad_state, j6_vma_read(area, 0, &byte, &len));
    expect_equal(0, len);
    len = 1;
    expect_status(j6_err_bad_state, j6_vma_write(area, 0, &byte, &len));
    expect_equal(0, len);
    expect_equal('x', byte);
}

static j6_status_t map_fixed_size(j6_handle_t area)
{
    uint64_t address = 0;
    return j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE | j6_map_fixed_size);
}

TEST(areas_at_a_fixed_place_are_mapped_and_nothing_else)
{
    j6_handle_t area = phys_area(system_handle(), 0, 4, j6_vma_flag_dma);
    char *memory = area_map(area, READ_WRITE);
    expect_no_page_work(area);
    expect_status(j6_err_bad_state, area_resize(area, 2));
    expect_status(j6_err_bad_state, map_fixed_size(area)); /* it may be revoked */
    mark(memory, 4, 1);
    expect_ok(protect(area, memory + PAGE, 1, j6_map_read));
    expect(!can_write(memory + PAGE + 64));
    expect_ok(protect(area, memory + PAGE, 1, READ_WRITE));
    expect(is_marked(memory, 4, 1));
    expect_ok(unmap(area, memory + PAGE, 1));
    expect(!can_read(memory + PAGE));
    expect(is_marked(memory + 2 * PAGE, 2, 3));
    expect_ok(unmap(area, memory, 0));
    expect_ok(unmap(area, memory + 2 * PAGE, 0));
    expect_ok(j6_handle_close(area));
}

TEST(a_revoked_area_has_no_mappings_and_is_bad_state_for_all_other_calls)
{
    j6_handle_t area = area_new(4, j6_vma_flag_revocable | j6_vma_flag_resizable);
    char *memory = area_map(area, READ_WRITE);
    mark(memory, 4, 1);
    expect_ok(j6_object_close(area));
    expect_no_page_work(area);
    uint64_t address = 0;
    expect_status(j6_err_bad_state,
                  j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE));
    expect_status(j6_err_bad_state, map_fixed_size(area));
    expect_status(j6_err_bad_state, area_resize(area, 2));
    expect_ok(j6_object_close(area)); /* again */
    expect_status(j6_err_not_found, protect(area, memory, 1, j6_map_read));
    expect_status(j6_err_not_found, unmap(area, memory, 0));
    expect_ok(j6_handle_close(area));
}

TEST(a_clone_keeps_its_pages_when_its_source_is_revoked_and_the_other_way_round)
{
    j6_handle_t area = area_new(3, j6_vma_flag_revocable);
    char *memory = area_map(area, READ_WRITE);
    mark(memory, 3, 1);
    j6_handle_t clone = area_clone(area, 0, 3, j6_vma_flag_revocable);
    j6_handle_t other = area_clone(clone, 0, 3, 0);
    char *copy = area_map(clone, READ_WRITE);
    expect(is_marked(copy, 3, 1));
    expect_ok(j6_object_close(area));
    expect(!can_read(memory));
    expect(is_marked(copy, 3, 1));
    mark(copy, 1, 7);
    expect_ok(j6_object_close(clone));
    expect(!can_read(copy));
    expect_equal(1, area_get(other, 0));
    expect_equal(3, area_get(other, 2 * PAGE));
    expect_ok(j6_handle_close(other));
    expect_ok(j6_handle_close(clone));
    expect_ok(j6_handle_close(area));
}

TEST(revoking_gives_the_frames_back_at_once)
{
    enum { PAGES = 500 };
    j6_handle_t area = area_new(PAGES, j6_vma_flag_revocable);
    char *memory = area_map(area, READ_WRITE);
    mark(memory, PAGES, 1);
    uint64_t before = frames_free();
    expect_ok(j6_object_close(area));
    expect(frames_free() >= before + PAGES);
    expect_ok(j6_handle_close(area));
}

TEST(memory_of_device_mappings_cannot_be_reached_by_process_read_and_write)
{
    j6_handle_t area = phys_area(system_handle(), 0, 1, j6_vma_flag_dma);
    char *memory = area_map(area, READ_WRITE);
    char byte = 'x';
    uint64_t len = 1;
    *(volatile char *)memory = 'd';
    expect_status(j6_err_bad_address,
                  j6_process_read(j6_handle_self_process, (uint64_t)memory, &byte, &len));
    expect_equal(0, len);
    len = 1;
    expect_status(j6_err_bad_address,
                  j6_process_write(j6_handle_self_process, (uint64_t)memory, &byte, &len));
    expect_equal('d', *(volatile char *)memory);
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}
