/* SPDX-License-Identifier: MIT */
/* system_info: the handles and mappings of a process. */
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"

TEST(handles_are_listed_with_their_objects_and_rights)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t process = process_new();
    j6_handle_t given[3];
    expect_ok(j6_process_give_handle(process, area, j6_right_wait | j6_right_vma_read, &given[0]));
    expect_ok(j6_process_give_handle(process, area, 0, &given[1]));
    expect_ok(j6_process_give_handle(process, system_handle(), j6_right_info, &given[2]));
    struct j6_snapshot snapshot = take(j6_topic_handles, koid_of(process));
    const struct j6_handle_info *row;
    int found = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        for (int i = 0; i < 3; i++) {
            if (row->handle == given[i]) {
                found++;
                expect_equal(j6_handle_type(given[i]), row->type);
                expect_equal(j6_handle_rights(given[i]), row->rights);
                expect_equal(koid_of(i < 2 ? area : system_handle()), row->koid);
                expect_equal(0, row->badge);
            }
        }
    }
    expect_equal(3, found);
    expect_equal(3, count_rows(&snapshot));
    j6_snapshot_drop(&snapshot);
    expect_ok(j6_handle_close(area));
    process_drop(process);
}

TEST(a_list_of_a_thousand_handles_has_each_that_stays_open)
{
    enum { HANDLES = 1200, KEPT_EVERY = 3 };
    static j6_handle_t handles[HANDLES];
    j6_handle_t area = area_new(1, 0);
    for (int i = 0; i < HANDLES; i++) {
        handles[i] = narrowed(area, j6_right_wait);
    }
    for (int i = 0; i < HANDLES; i++) {
        if (i % KEPT_EVERY != 0) {
            expect_ok(j6_handle_close(handles[i]));
        }
    }
    struct j6_snapshot snapshot = take(j6_topic_handles, own_koid());
    const struct j6_handle_info *row;
    int found = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        found += row->koid == koid_of(area);
    }
    expect_equal(HANDLES / KEPT_EVERY + 1, found);
    j6_snapshot_drop(&snapshot);
    for (int i = 0; i < HANDLES; i += KEPT_EVERY) {
        expect_ok(j6_handle_close(handles[i]));
    }
    expect_ok(j6_handle_close(area));
}

/* ---- mappings ------------------------------------------------------------------------------- */

/* The next row of that area behind another, or the first one. */
static const struct j6_mapping_info *next_of(const struct j6_snapshot *snapshot,
                                             const struct j6_mapping_info *row, j6_koid_t area)
{
    do {
        row = j6_snapshot_next(snapshot, row);
    } while (row != NULL && row->area != area);
    return row;
}

TEST(mappings_are_listed_with_their_areas_and_the_pages_that_are_there)
{
    j6_handle_t area = area_new(64, 0);
    j6_handle_t process = process_new();
    const uint64_t place = far_place();
    uint64_t first = place;
    uint64_t second = place + 100 * PAGE;
    expect_ok(j6_vma_map(area, process, &second, 8 * PAGE, 16 * PAGE, j6_map_read | j6_map_exact));
    expect_ok(j6_vma_map(area, process, &first, 0, 0, READ_WRITE | j6_map_exact));
    uint64_t len = 3 * PAGE;
    expect_ok(j6_vma_op_range(area, j6_op_commit, 7 * PAGE, &len));

    struct j6_snapshot snapshot = take(j6_topic_mappings, koid_of(process));
    expect_equal(FIRST_MAPPINGS + 2, count_rows(&snapshot));
    const struct j6_mapping_info *row = next_of(&snapshot, NULL, koid_of(area));
    expect_equal(place, row->address);
    expect_equal(64 * PAGE, row->len);
    expect_equal(0, row->offset);
    expect_equal(READ_WRITE, row->flags);
    expect_equal(3, row->pages);
    row = next_of(&snapshot, row, koid_of(area));
    expect_equal(place + 100 * PAGE, row->address);
    expect_equal(16 * PAGE, row->len);
    expect_equal(8 * PAGE, row->offset);
    expect_equal(j6_map_read, row->flags);
    expect_equal(2, row->pages);
    j6_snapshot_drop(&snapshot);

    expect_ok(j6_vma_unmap(area, process, place, 0));
    snapshot = take(j6_topic_mappings, koid_of(process));
    expect_equal(FIRST_MAPPINGS + 1, count_rows(&snapshot));
    j6_snapshot_drop(&snapshot);
    expect_ok(j6_handle_close(area));
    process_drop(process);
}

TEST(pages_of_clones_and_of_device_memory_are_counted)
{
    j6_handle_t area = area_new(64, 0);
    uint64_t len = 5 * PAGE;
    j6_handle_t clone = j6_handle_none;
    expect_ok(j6_vma_op_range(area, j6_op_commit, 10 * PAGE, &len));
    expect_ok(j6_vma_clone(area, 12 * PAGE, 20 * PAGE, 0, &clone));
    j6_handle_t device = phys_area(system_handle(), PHYS_VGA, 2, 0);
    j6_handle_t process = process_new();
    uint64_t address = far_place();
    expect_ok(j6_vma_map(clone, process, &address, 0, 0, j6_map_read));
    expect_equal(FIRST_PAGES + 3, process_row(koid_of(process)).pages);
    address = 0;
    expect_ok(j6_vma_map(device, process, &address, 0, 0, j6_map_read));
    expect_equal(FIRST_PAGES + 5, process_row(koid_of(process)).pages);
    expect_ok(j6_object_close(device));
    expect_equal(FIRST_PAGES + 3, process_row(koid_of(process)).pages);
    expect_ok(j6_handle_close(device));
    expect_ok(j6_handle_close(clone));
    expect_ok(j6_handle_close(area));
    process_drop(process);
}

TEST(nothing_that_is_listed_of_a_process_lies_outside_of_the_user_half)
{
    j6_handle_t victim = victim_start("sleep", "1000000", NULL, 0);
    threads_block(victim, 1, j6_wait_sleep);
    struct j6_snapshot snapshot = take(j6_topic_mappings, koid_of(victim));
    const struct j6_mapping_info *row;
    uint64_t last = 0;
    expect(count_rows(&snapshot) > 2);
    J6_SNAPSHOT_EACH(row, &snapshot) {
        expect(row->address >= last && row->len > 0 && row->address + row->len < 1ull << 47);
        expect_equal(j6_type_vma, row->area >> 60);
        last = row->address + row->len;
    }
    j6_snapshot_drop(&snapshot);
    process_drop(victim);
}
