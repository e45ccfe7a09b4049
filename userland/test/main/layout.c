/* SPDX-License-Identifier: MIT */
/* Where things lie in an address space: all in one random window, in few page tables. */
#include "userland/test/main/memory.h"

static struct j6_layout_info layout_of(j6_handle_t process)
{
    struct j6_layout_info layout = {0};
    uint64_t len = sizeof(layout);
    expect_ok(j6_object_info(process, j6_topic_layout, &layout, &len));
    return layout;
}

static bool is_inside(const struct j6_layout_info *layout, uint64_t address)
{
    return address - layout->window < layout->window_size;
}

/*
 * Of about 131,000 windows: a few processes may share one by chance (two among a hundred once in 26
 * runs, five of them never).
 */
TEST(a_hundred_processes_have_windows_of_their_own)
{
    enum { COUNT = 100, CHANCE = 5 };
    static uint64_t windows[COUNT];
    int same = 0;
    for (int i = 0; i < COUNT; i++) {
        j6_handle_t process = process_new();
        struct j6_layout_info layout = layout_of(process);
        windows[i] = layout.window;
        expect_equal(1 << 30, layout.window_size);
        expect_equal(0, layout.window % layout.window_size);
        expect(layout.window >= 0x10000 && layout.window < 0x7fffffff0000);
        for (int k = 0; k < i; k++) {
            same += windows[k] == windows[i];
        }
        process_end(process);
    }
    expect(same < CHANCE);
}

SAMPLE_TEST(what_the_kernel_places_lies_in_the_window_of_the_process)
{
    j6_handle_t area = area_new(30, 0);
    for (int i = 0; i < 10; i++) {
        j6_handle_t process = process_new();
        struct j6_layout_info layout = layout_of(process);
        for (uint64_t pages = 1; pages <= 30; pages += 7) {
            uint64_t address = 0;
            expect_ok(j6_vma_map(area, process, &address, 0, pages * PAGE, READ_WRITE));
            expect(is_inside(&layout, address));
            expect(is_inside(&layout, address + pages * PAGE - 1));
        }
        process_end(process);
    }
    expect_ok(j6_handle_close(area));
}

TEST(a_mapping_that_the_window_has_no_room_for_lies_elsewhere)
{
    enum { GIB_PAGES = 1 << 18 };
    j6_handle_t area = area_new(2 * GIB_PAGES, 0);
    j6_handle_t process = process_new();
    struct j6_layout_info layout = layout_of(process);
    uint64_t address = 0;
    expect_ok(j6_vma_map(area, process, &address, 0, 0, READ_WRITE));
    expect(!is_inside(&layout, address));
    process_put(process, address + 2ull * GIB_PAGES * PAGE - 1, 'x');
    expect_equal('x', area_get(area, 2ull * GIB_PAGES * PAGE - 1));
    process_end(process);
    expect_ok(j6_handle_close(area));
}

/* Image, stack, a thread's stack and an area: the victim counts the tables of their addresses. */
TEST(a_small_program_needs_at_most_seven_page_tables)
{
    for (int i = 0; i < 20; i++) {
        int64_t tables = victim_run("count_tables", "");
        expect(tables >= 4 && tables <= 7);
    }
}
