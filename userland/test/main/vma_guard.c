/* SPDX-License-Identifier: MIT */
/* Mappings whose first page allows no access. */
#include "userland/test/main/memory.h"

static const uint64_t GUARDED = READ_WRITE | j6_map_guard;

/* No byte of the first page, all of the others. */
static bool is_guarded(char *memory, uint64_t pages)
{
    bool right = !can_read(memory) && !can_read(memory + PAGE - 1) && !can_write(memory + PAGE - 1);
    for (uint64_t i = 1; i < pages; i++) {
        right &= can_write(memory + i * PAGE) && can_read(memory + i * PAGE + PAGE - 1);
    }
    return right;
}

TEST(the_first_page_of_a_guarded_mapping_allows_no_access)
{
    j6_handle_t area = area_new(3, 0);
    char *memory = area_map(area, GUARDED);
    area_fill(area, 3, 1); /* also where a page is there already */
    expect(memory != NULL && is_guarded(memory, 3));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(the_guard_page_of_a_part_of_an_area_is_the_first_of_the_part)
{
    j6_handle_t area = area_new(8, 0);
    char *memory = view_map(area, 3, 4, GUARDED);
    char *all = area_map(area, READ_WRITE);
    if (memory != NULL && all != NULL) {
        expect(is_guarded(memory, 4));
        all[4 * PAGE] = 9;
        expect_equal(9, memory[PAGE]);
    }
    area_unmap(area, memory);
    area_unmap(area, all);
    expect_ok(j6_handle_close(area));
}

TEST(nothing_is_placed_on_a_guard_page)
{
    j6_handle_t area = area_new(2, 0);
    char *memory = area_map(area, GUARDED);
    uint64_t address = (uint64_t)memory;
    expect_status(j6_err_collision, j6_vma_map(area, j6_handle_self_process, &address, 0, PAGE,
                                               READ_WRITE | j6_map_exact));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(a_guard_page_stays_closed_whatever_the_mapping_comes_to_allow)
{
    j6_handle_t area = area_new(3, 0);
    char *memory = area_map(area, GUARDED);
    if (memory != NULL) {
        expect_ok(protect(area, memory, 0, j6_map_read));
        expect(!can_read(memory) && can_read(memory + PAGE));
        expect_ok(protect(area, memory, 1, READ_WRITE));
        expect(!can_read(memory) && can_read(memory + PAGE) && !can_write(memory + PAGE));
        expect_ok(protect(area, memory, 1, j6_map_read)); /* one mapping again */
        expect_ok(protect(area, memory, 3, READ_WRITE));
        expect(is_guarded(memory, 3));
        expect_status(j6_err_invalid_arg, protect(area, memory, 0, GUARDED));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(what_is_left_of_a_guarded_mapping_without_its_first_page_has_no_guard)
{
    j6_handle_t area = area_new(3, 0);
    char *memory = area_map(area, GUARDED);
    if (memory != NULL) {
        expect_ok(unmap(area, memory, 1));
        expect(can_write(memory + PAGE) && can_write(memory + 2 * PAGE));
        area_unmap(area, memory + PAGE);
    }
    expect_ok(j6_handle_close(area));
}

TEST(a_large_page_does_not_cover_a_guard_page)
{
    enum { LARGE = 2 << 20 };
    j6_handle_t area = area_new(2 * LARGE / PAGE, j6_vma_flag_large);
    char *memory = area_map(area, GUARDED);
    if (memory != NULL) {
        expect(can_write(memory + LARGE) && can_write(memory + LARGE - 1));
        expect(is_guarded(memory, 2 * LARGE / PAGE));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

static int64_t use_and_exit(void *arg)
{
    char local[3 * PAGE];
    for (size_t i = 0; i < sizeof(local); i += PAGE) {
        *(volatile char *)&local[i] = 1;
    }
    return *(int64_t *)arg;
}

TEST(the_stack_of_a_thread_ends_with_a_guard_page)
{
    struct j6_thread thread;
    int64_t wanted = 5;
    int64_t code;
    expect_ok(j6_thread_run(&thread, use_and_exit, &wanted, 4 * PAGE));
    expect(!can_read((char *)thread.stack_base + PAGE - 1));
    expect(can_read((char *)thread.stack_base + PAGE));
    expect_ok(j6_thread_join(&thread, &code));
    expect_equal(wanted, code);
}
