/* SPDX-License-Identifier: MIT */
/* system_restrict: which ranges it takes, and what may be done through what it makes. */
#include "userland/test/main/devices.h"

/* What the call answers; an object that it makes nevertheless is closed. */
static j6_status_t try_ranges(j6_handle_t from, const struct j6_range *ranges, uint64_t n)
{
    j6_handle_t handle = j6_handle_none;
    j6_status_t status = j6_system_restrict(from, ranges, n, &handle);
    if (handle != j6_handle_none) {
        expect_ok(j6_handle_close(handle));
    }
    return status;
}

static j6_status_t try_range(j6_handle_t from, uint32_t kind, uint64_t first, uint64_t count)
{
    const struct j6_range range = {.kind = kind, .first = first, .count = count};
    return try_ranges(from, &range, 1);
}

static j6_status_t try_info(j6_handle_t system)
{
    struct j6_frames_info info;
    uint64_t len = sizeof(info);
    return j6_system_info(system, j6_topic_frames, 0, &info, &len);
}

TEST(system_restrict_takes_every_kind_of_range)
{
    for (uint32_t kind = j6_range_irq; kind <= j6_range_dma; kind++) {
        expect_ok(try_range(system_handle(), kind, 0, 1));
    }
}

TEST(system_restrict_refuses_ranges_that_mean_nothing)
{
    const struct j6_range spare = {.kind = j6_range_port, .zero = 1, .first = 0, .count = 1};
    const j6_handle_t system = system_handle();
    expect_status(j6_err_invalid_arg, try_range(system, 0, 0, 1));
    expect_status(j6_err_invalid_arg, try_range(system, j6_range_dma + 1, 0, 1));
    expect_status(j6_err_invalid_arg, try_range(system, ~0u, 0, 1));
    expect_status(j6_err_invalid_arg, try_range(system, j6_range_port, 0, 0));
    expect_status(j6_err_invalid_arg, try_range(system, j6_range_phys, ~0ull, 1));
    expect_status(j6_err_invalid_arg, try_range(system, j6_range_phys, 1, ~0ull));
    expect_status(j6_err_invalid_arg, try_ranges(system, &spare, 1));
}

TEST(system_restrict_takes_between_1_and_64_ranges)
{
    struct j6_range ranges[j6_ranges_max + 1];
    for (uint64_t i = 0; i <= j6_ranges_max; i++) {
        ranges[i] = (struct j6_range){.kind = j6_range_irq, .first = 2 * i, .count = 1};
    }
    expect_ok(try_ranges(system_handle(), ranges, 1));
    expect_ok(try_ranges(system_handle(), ranges, j6_ranges_max));
    expect_status(j6_err_invalid_arg, try_ranges(system_handle(), ranges, 0));
    expect_status(j6_err_invalid_arg, try_ranges(system_handle(), ranges, j6_ranges_max + 1));
    expect_status(j6_err_invalid_arg, try_ranges(system_handle(), ranges, ~0ull));
}

TEST(a_single_bad_range_makes_no_object)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_port, .first = 0x60, .count = 1},
        {.kind = j6_range_port, .first = 0x64, .count = 0},
    };
    expect_status(j6_err_invalid_arg, try_ranges(system_handle(), ranges, 2));
}

TEST(nobody_has_ports_interrupts_and_kinds_beyond_those_that_there_are)
{
    expect_ok(try_range(system_handle(), j6_range_port, 0, 0x10000));
    expect_status(j6_err_denied, try_range(system_handle(), j6_range_port, 0, 0x10001));
    expect_status(j6_err_denied, try_range(system_handle(), j6_range_irq, 1ull << 32, 1));
    expect_status(j6_err_denied, try_range(system_handle(), j6_range_power, 0, 2));
    expect_status(j6_err_denied, try_range(system_handle(), j6_range_info, 1, 1));
}

TEST(a_restricted_object_hands_on_what_it_has_and_no_more)
{
    j6_handle_t some = restricted(system_handle(), j6_range_port, 0x60, 5);
    expect_ok(try_range(some, j6_range_port, 0x60, 5));
    expect_ok(try_range(some, j6_range_port, 0x64, 1));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x5f, 1));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x5f, 2));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x64, 2));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x65, 1));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x60, 1ull << 32));
    expect_status(j6_err_denied, try_range(some, j6_range_irq, 0x60, 1));
    expect_ok(j6_handle_close(some));
}

TEST(a_range_within_several_that_touch_is_within_them)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_port, .first = 0x70, .count = 2},
        {.kind = j6_range_port, .first = 0x60, .count = 8},
        {.kind = j6_range_port, .first = 0x66, .count = 10},
        {.kind = j6_range_port, .first = 0x74, .count = 1},
    };
    j6_handle_t some = j6_handle_none;
    expect_ok(j6_system_restrict(system_handle(), ranges, 4, &some));
    expect_ok(try_range(some, j6_range_port, 0x60, 0x12));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x60, 0x13));
    expect_status(j6_err_denied, try_range(some, j6_range_port, 0x71, 4));
    expect_ok(try_range(some, j6_range_port, 0x74, 1));
    expect_ok(j6_handle_close(some));
}

TEST(one_of_several_ranges_outside_is_denied)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_info, .count = 1},
        {.kind = j6_range_port, .first = 0x60, .count = 1},
    };
    j6_handle_t some = restricted(system_handle(), j6_range_info, 0, 1);
    expect_status(j6_err_denied, try_ranges(some, ranges, 2));
    expect_ok(j6_handle_close(some));
}

TEST(system_calls_need_the_range_that_they_touch)
{
    j6_handle_t ports = restricted(system_handle(), j6_range_port, 0, 0x10000);
    j6_handle_t info = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t vga = restricted(system_handle(), j6_range_phys, PHYS_VGA, PAGE);
    expect_ok(try_info(info));
    expect_status(j6_err_denied, try_info(ports));
    expect_status(j6_err_denied, j6_system_power(ports, j6_power_off, 0));
    expect_status(j6_err_denied, j6_system_power(info, j6_power_verdict, 0));
    expect_status(j6_err_denied, j6_system_set_clock(info, 1));
    expect_ok(try_map_phys(vga, PHYS_VGA, PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(vga, PHYS_VGA, 2 * PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(vga, PHYS_VGA + PAGE, PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(info, PHYS_VGA, PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(vga, 0, PAGE, j6_vma_flag_dma));
    expect_ok(j6_handle_close(ports));
    expect_ok(j6_handle_close(info));
    expect_ok(j6_handle_close(vga));
}

TEST(a_range_of_dma_gives_no_device_memory)
{
    j6_handle_t dma = restricted(system_handle(), j6_range_dma, 0, 1);
    expect_ok(try_map_phys(dma, 0, PAGE, j6_vma_flag_dma));
    expect_status(j6_err_denied, try_map_phys(dma, PHYS_VGA, PAGE, 0));
    expect_ok(j6_handle_close(dma));
}

TEST(a_restricted_object_has_all_rights_and_they_can_be_narrowed)
{
    j6_handle_t info = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t narrow = without(info, j6_right_system_restrict);
    expect_equal(j6_handle_rights(system_handle()), j6_handle_rights(info));
    expect_status(j6_err_denied, try_range(narrow, j6_range_info, 0, 1));
    expect_ok(try_info(narrow));
    expect_ok(j6_handle_close(narrow));
    expect_ok(j6_handle_close(info));
}

TEST(a_restricted_object_outlives_the_handles_of_what_it_came_from)
{
    j6_handle_t first = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t second = restricted(first, j6_range_info, 0, 1);
    expect_ok(j6_handle_close(first));
    expect_ok(try_info(second));
    expect_ok(j6_handle_close(second));
}

TEST(system_objects_are_charged_to_who_makes_them)
{
    expect_charged("use_up_pages_by_restrict", j6_right_system_restrict);
}
