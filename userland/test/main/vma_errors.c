/* SPDX-License-Identifier: MIT */
/* vma_create, vma_create_map, vma_map, vma_unmap, vma_clone: what they refuse. */
#include "userland/test/main/memory.h"

static const uint64_t TOO_LARGE = (1ull << 48) + j6_page_size;

TEST(vma_create_refuses_sizes_that_no_area_can_have)
{
    j6_handle_t area;
    expect_status(j6_err_out_of_range, j6_vma_create(0, 0, &area));
    expect_status(j6_err_out_of_range, j6_vma_create(TOO_LARGE, 0, &area));
    expect_status(j6_err_out_of_range, j6_vma_create(~0ull, 0, &area));
    expect_status(j6_err_out_of_range, j6_vma_create(1ull << 63, 0, &area));
}

TEST(vma_create_refuses_flags_that_are_unknown_or_not_for_memory)
{
    static const uint64_t flags[] = {
        j6_vma_flag_write_combine, j6_vma_flag_uncached, j6_vma_flag_dma, 1 << 6, 1ull << 63,
    };
    j6_handle_t area;
    uint64_t address = 0;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        expect_status(j6_err_invalid_arg, j6_vma_create(PAGE, flags[i], &area));
        expect_status(j6_err_invalid_arg,
                      j6_vma_create_map(PAGE, flags[i], READ_WRITE, &address, &area));
    }
}

static j6_status_t map_at(j6_handle_t area, uint64_t address, uint64_t offset, uint64_t len,
                          uint64_t flags)
{
    return j6_vma_map(area, j6_handle_self_process, &address, offset, len, flags);
}

TEST(nothing_can_be_mapped_writable_and_executable)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t other;
    uint64_t address = 0;
    expect_status(j6_err_invalid_arg, map_at(area, 0, 0, 0, j6_map_write | j6_map_exec));
    expect_status(j6_err_invalid_arg, map_at(area, 0, 0, 0, READ_WRITE | j6_map_exec));
    expect_status(j6_err_invalid_arg,
                  j6_vma_create_map(PAGE, 0, READ_WRITE | j6_map_exec, &address, &other));
    expect_ok(j6_handle_close(area));
}

TEST(vma_map_refuses_unknown_flags_and_what_is_not_page_aligned)
{
    j6_handle_t other;
    uint64_t address = 0;
    j6_handle_t area = area_new(4, 0);
    const uint64_t exact = READ_WRITE | j6_map_exact;
    const uint64_t unknown[] = {READ_WRITE | 1 << 6, READ_WRITE | 1ull << 32,
                                READ_WRITE | 1ull << 63};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        expect_status(j6_err_invalid_arg, map_at(area, 0, 0, 0, unknown[i]));
        expect_status(j6_err_invalid_arg, j6_vma_create_map(PAGE, 0, unknown[i], &address, &other));
    }
    expect_status(j6_err_invalid_arg, map_at(area, far_place() + 1, 0, 0, exact));
    expect_status(j6_err_invalid_arg, map_at(area, 0, 1, PAGE, READ_WRITE));
    expect_status(j6_err_invalid_arg, map_at(area, 0, 0, PAGE + 1, READ_WRITE));
    expect_ok(j6_handle_close(area));
}

TEST(vma_map_refuses_what_lies_outside_of_the_area)
{
    j6_handle_t area = area_new(4, 0);
    expect_status(j6_err_out_of_range, map_at(area, 0, 0, 5 * PAGE, READ_WRITE));
    expect_status(j6_err_out_of_range, map_at(area, 0, 3 * PAGE, 2 * PAGE, READ_WRITE));
    expect_status(j6_err_out_of_range, map_at(area, 0, 4 * PAGE, PAGE, READ_WRITE));
    expect_status(j6_err_out_of_range, map_at(area, 0, PAGE, -(uint64_t)PAGE, READ_WRITE));
    expect_status(j6_err_out_of_range, map_at(area, 0, -(uint64_t)PAGE, 2 * PAGE, READ_WRITE));
    expect_ok(j6_handle_close(area));
}

TEST(vma_map_refuses_what_lies_outside_of_the_user_half)
{
    j6_handle_t area = area_new(4, 0);
    const uint64_t exact = READ_WRITE | j6_map_exact;
    expect_status(j6_err_out_of_range, map_at(area, 0xf000, 0, PAGE, exact));
    expect_status(j6_err_out_of_range, map_at(area, 0x00007fffffff0000, 0, PAGE, exact));
    expect_status(j6_err_out_of_range, map_at(area, 0x00007ffffffef000, 0, 2 * PAGE, exact));
    expect_status(j6_err_out_of_range, map_at(area, 0x0000800000000000, 0, PAGE, exact));
    expect_status(j6_err_out_of_range, map_at(area, 0xffff800000000000, 0, PAGE, exact));
    expect_status(j6_err_out_of_range, map_at(area, 0xfffffffffffff000, 0, 2 * PAGE, exact));
    expect_ok(map_at(area, 0x00007ffffffef000, 0, PAGE, exact));
    expect_ok(map_at(area, 0x10000, 0, PAGE, exact));
    area_unmap(area, (void *)0x00007ffffffef000);
    area_unmap(area, (void *)0x10000);
    expect_ok(j6_handle_close(area));
}

TEST(vma_map_needs_a_right_for_each_kind_of_access)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t no_read = without(area, j6_right_vma_read);
    j6_handle_t no_write = without(area, j6_right_vma_write);
    j6_handle_t no_exec = without(area, j6_right_vma_exec);
    expect_status(j6_err_denied, map_at(no_read, 0, 0, 0, j6_map_read));
    expect_status(j6_err_denied, map_at(no_write, 0, 0, 0, READ_WRITE));
    expect_status(j6_err_denied, map_at(no_exec, 0, 0, 0, j6_map_read | j6_map_exec));
    expect_ok(j6_handle_close(no_read));
    expect_ok(j6_handle_close(no_write));
    expect_ok(j6_handle_close(no_exec));
    expect_ok(j6_handle_close(area));
}

static j6_status_t unmap_bytes(j6_handle_t area, uint64_t address, uint64_t len)
{
    return j6_vma_unmap(area, j6_handle_self_process, address, len);
}

TEST(vma_unmap_takes_out_mappings_of_that_area_alone)
{
    j6_handle_t area = area_new(2, 0);
    j6_handle_t other = area_new(2, 0);
    uint64_t address = (uint64_t)area_map(area, READ_WRITE);
    expect_status(j6_err_not_found, unmap_bytes(other, address, 0));
    expect_status(j6_err_not_found, unmap_bytes(area, far_place(), 0));
    expect_status(j6_err_not_found, unmap_bytes(area, far_place(), PAGE));
    expect_status(j6_err_invalid_arg, unmap_bytes(area, address + 1, PAGE));
    expect_status(j6_err_invalid_arg, unmap_bytes(area, address, PAGE + 1));
    expect(can_read((void *)address));
    expect_ok(unmap_bytes(area, address, 0));
    expect_status(j6_err_not_found, unmap_bytes(area, address, 0));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(other));
}

TEST(vma_clone_refuses_flags_and_ranges_that_cannot_be)
{
    j6_handle_t clone;
    j6_handle_t area = area_new(4, 0);
    expect_status(j6_err_invalid_arg,
                  j6_vma_clone(area, 0, PAGE, j6_vma_flag_write_combine, &clone));
    expect_status(j6_err_invalid_arg, j6_vma_clone(area, 0, PAGE, 1ull << 63, &clone));
    expect_status(j6_err_invalid_arg, j6_vma_clone(area, 1, PAGE, 0, &clone));
    expect_status(j6_err_invalid_arg, j6_vma_clone(area, 0, PAGE + 1, 0, &clone));
    expect_status(j6_err_out_of_range, j6_vma_clone(area, 0, 0, 0, &clone));
    expect_status(j6_err_out_of_range, j6_vma_clone(area, 0, 5 * PAGE, 0, &clone));
    expect_status(j6_err_out_of_range, j6_vma_clone(area, 4 * PAGE, PAGE, 0, &clone));
    expect_status(j6_err_out_of_range, j6_vma_clone(area, -(uint64_t)PAGE, 2 * PAGE, 0, &clone));
    expect_status(j6_err_out_of_range, j6_vma_clone(area, PAGE, -(uint64_t)PAGE, 0, &clone));
    expect_ok(j6_handle_close(area));
}

TEST(a_clone_is_resizable_only_if_made_so)
{
    j6_handle_t area = area_new(4, j6_vma_flag_resizable);
    j6_handle_t clone = area_clone(area, 0, 4, 0);
    expect_status(j6_err_bad_state, area_resize(clone, 2));
    expect_ok(j6_handle_close(clone));
    expect_ok(j6_handle_close(area));
}
