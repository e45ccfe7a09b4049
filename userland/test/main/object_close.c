/* SPDX-License-Identifier: MIT */
/* object_close: what it ends, what ends with that, and what it refuses. */
#include "userland/test/main/devices.h"

static j6_status_t try_info(j6_handle_t system)
{
    struct j6_frames_info info;
    uint64_t len = sizeof(info);
    return j6_system_info(system, j6_topic_frames, 0, &info, &len);
}

TEST(object_close_of_a_process_or_thread_is_wrong_type)
{
    j6_handle_t process = process_new();
    expect_status(j6_err_wrong_type, j6_object_close(process));
    expect_status(j6_err_wrong_type, j6_object_close(j6_handle_self_process));
    expect_status(j6_err_wrong_type, j6_object_close(j6_handle_self_thread));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
}

TEST(object_close_of_the_first_system_object_is_bad_state)
{
    expect_status(j6_err_bad_state, j6_object_close(system_handle()));
    expect_ok(try_info(system_handle()));
}

TEST(object_close_of_an_area_that_is_not_revocable_is_bad_state)
{
    j6_handle_t area = area_new(1, 0);
    char *memory = area_map(area, READ_WRITE);
    expect_status(j6_err_bad_state, j6_object_close(area));
    expect(can_write(memory));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(object_close_needs_the_right_close)
{
    j6_handle_t area = area_new(1, j6_vma_flag_revocable);
    j6_handle_t info = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t narrow_area = without(area, j6_right_close);
    j6_handle_t narrow_info = without(info, j6_right_close);
    expect_status(j6_err_denied, j6_object_close(narrow_area));
    expect_status(j6_err_denied, j6_object_close(narrow_info));
    expect_ok(try_info(info));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(info));
    expect_ok(j6_handle_close(narrow_area));
    expect_ok(j6_handle_close(narrow_info));
}

TEST(a_revoked_area_is_nobodys_memory_any_more)
{
    uint64_t address = 0;
    j6_handle_t area = area_new(2, j6_vma_flag_revocable);
    char *memory = area_map(area, READ_WRITE);
    char *second = area_map(area, j6_map_read);
    expect(can_write(memory));
    expect(can_read(second));
    expect_ok(j6_object_close(area));
    expect(!can_read(memory));
    expect(!can_write(memory));
    expect(!can_read(second));
    expect(!can_read(memory + PAGE));
    expect_status(j6_err_bad_state,
                  j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE));
    uint64_t len = 1;
    expect_status(j6_err_bad_state, j6_vma_write(area, 0, "x", &len));
    expect_ok(j6_object_close(area));
    expect_ok(j6_handle_close(area));
}

TEST(device_memory_can_be_revoked)
{
    struct j6_physical_info info;
    uint64_t len = sizeof(info);
    j6_handle_t area = phys_area(system_handle(), PHYS_VGA, 1, j6_vma_flag_uncached);
    char *memory = area_map(area, READ_WRITE);
    expect(can_read(memory));
    expect_ok(j6_object_close(area));
    expect(!can_read(memory));
    expect_status(j6_err_bad_state, j6_object_info(area, j6_topic_physical, &info, &len));
    expect_ok(try_map_phys(system_handle(), PHYS_VGA, PAGE, j6_vma_flag_write_combine));
    expect_ok(j6_handle_close(area));
}

TEST(a_closed_system_object_answers_closed)
{
    const struct j6_range info = {.kind = j6_range_info, .count = 1};
    const struct j6_range ranges[] = {
        {.kind = j6_range_info, .count = 1},
        {.kind = j6_range_phys, .first = PHYS_VGA, .count = PAGE},
        {.kind = j6_range_power, .count = 1},
        {.kind = j6_range_dma, .count = 1},
    };
    j6_handle_t some = j6_handle_none;
    j6_handle_t other;
    expect_ok(j6_system_restrict(system_handle(), ranges, 4, &some));
    expect_ok(j6_object_close(some));
    expect_status(j6_status_closed, try_info(some));
    expect_status(j6_status_closed, j6_system_restrict(some, &info, 1, &other));
    expect_status(j6_status_closed, try_map_phys(some, PHYS_VGA, PAGE, 0));
    expect_status(j6_status_closed, try_map_phys(some, 0, PAGE, j6_vma_flag_dma));
    expect_status(j6_status_closed, j6_system_power(some, j6_power_off, 0));
    expect_status(j6_err_denied, try_map_phys(some, PHYS_VGA + PAGE, PAGE, 0));
    expect_status(j6_status_closed, j6_object_close(some));
    expect_ok(j6_handle_close(some));
}

TEST(a_closed_system_object_says_so_to_who_waits)
{
    uint64_t signals = 0;
    j6_handle_t some = restricted(system_handle(), j6_range_info, 0, 1);
    expect_status(j6_status_would_block,
                  j6_object_wait(some, j6_signal_closed, &signals, j6_deadline_poll));
    expect_ok(j6_object_close(some));
    expect_ok(j6_object_wait(some, j6_signal_closed, &signals, j6_deadline_never));
    expect_equal(j6_signal_closed, signals);
    expect_status(j6_status_closed,
                  j6_object_wait(some, j6_signal_system_has_log, &signals, j6_deadline_never));
    expect_ok(j6_handle_close(some));
}

TEST(closing_a_system_object_closes_all_that_came_from_it_and_nothing_else)
{
    j6_handle_t top = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t beside = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t left = restricted(top, j6_range_info, 0, 1);
    j6_handle_t right = restricted(top, j6_range_info, 0, 1);
    j6_handle_t below = restricted(left, j6_range_info, 0, 1);
    expect_ok(j6_object_close(left));
    expect_status(j6_status_closed, try_info(left));
    expect_status(j6_status_closed, try_info(below));
    expect_ok(try_info(top));
    expect_ok(try_info(right));
    expect_ok(j6_object_close(top));
    expect_status(j6_status_closed, try_info(top));
    expect_status(j6_status_closed, try_info(right));
    expect_ok(try_info(beside));
    const j6_handle_t all[] = {top, beside, left, right, below};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        expect_ok(j6_handle_close(all[i]));
    }
}

TEST(closing_reaches_through_objects_that_nobody_has_a_handle_for)
{
    j6_handle_t top = restricted(system_handle(), j6_range_info, 0, 1);
    j6_handle_t middle = restricted(top, j6_range_info, 0, 1);
    j6_handle_t below = restricted(middle, j6_range_info, 0, 1);
    expect_ok(j6_handle_close(middle));
    expect_ok(j6_object_close(top));
    expect_status(j6_status_closed, try_info(below));
    expect_ok(j6_handle_close(top));
    expect_ok(j6_handle_close(below));
}

TEST(a_long_chain_of_system_objects_closes_and_ends)
{
    enum { LINKS = 500 };
    static j6_handle_t chain[LINKS];
    chain[0] = restricted(system_handle(), j6_range_info, 0, 1);
    for (size_t i = 1; i < LINKS; i++) {
        chain[i] = restricted(chain[i - 1], j6_range_info, 0, 1);
    }
    expect_ok(try_info(chain[LINKS - 1]));
    expect_ok(j6_object_close(chain[0]));
    for (size_t i = 0; i < LINKS; i++) {
        expect_status(j6_status_closed, try_info(chain[i]));
        expect_ok(j6_handle_close(chain[i]));
    }
}

TEST(closing_a_system_object_revokes_the_areas_that_were_made_through_it)
{
    j6_handle_t top = restricted(system_handle(), j6_range_phys, PHYS_VGA, 4 * PAGE);
    j6_handle_t below = restricted(top, j6_range_phys, PHYS_VGA, 2 * PAGE);
    j6_handle_t area = phys_area(below, PHYS_VGA, 1, j6_vma_flag_uncached);
    j6_handle_t other = phys_area(system_handle(), PHYS_VGA, 1, j6_vma_flag_uncached);
    char *memory = area_map(area, READ_WRITE);
    char *stays = area_map(other, READ_WRITE);
    expect(can_read(memory));
    expect_ok(j6_handle_close(below));
    expect_ok(j6_object_close(top));
    expect(!can_read(memory));
    expect(can_read(stays));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(top));
    area_unmap(other, stays);
    expect_ok(j6_handle_close(other));
}
