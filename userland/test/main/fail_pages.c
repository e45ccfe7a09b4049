/* SPDX-License-Identifier: MIT */
/* Scenarios of the pages of an area: brought in, read, written, and parts of large ones. */
#include "userland/test/main/failures.h"
#include "userland/test/main/memory.h"

enum { PAGES = 5000, LARGE = 2 << 20 };

static struct {
    j6_handle_t area;
    j6_handle_t clone;
    uint64_t address;
} scene;

static void close_area(void)
{
    expect_ok(j6_handle_close(scene.area));
}

static void make(void)
{
    scene.area = area_new(PAGES, 0);
}

/* Over the end of a node of the tree, on a tree that has to grow. */
static j6_status_t commit(void)
{
    return area_op(scene.area, j6_op_commit, PAGES - 70, 70);
}

static void decommit(void)
{
    expect_ok(area_op(scene.area, j6_op_decommit, 0, PAGES));
}

SCENARIO(committing_pages, vma_op_range, .set_up = make, .run = commit, .undo = decommit,
         .tear_down = close_area, .partial = true);

static j6_status_t read(void)
{
    static uint8_t bytes[2 * PAGE];
    uint64_t len = sizeof(bytes);
    return j6_vma_read(scene.area, PAGE / 2, bytes, &len);
}

static j6_status_t write_new(void)
{
    static const uint8_t bytes[PAGE];
    uint64_t len = sizeof(bytes);
    return j6_vma_write(scene.area, 61 * PAGE + PAGE / 2, bytes, &len);
}

SCENARIO(reading_what_is_not_there_yet, vma_read, .set_up = make, .run = read, .undo = decommit,
         .tear_down = close_area, .partial = true);
SCENARIO(writing_what_is_not_there_yet, vma_write, .set_up = make, .run = write_new,
         .undo = decommit, .tear_down = close_area, .partial = true);

/* ---- large pages ---------------------------------------------------------------------------- */

static void close_clone(void)
{
    expect_ok(j6_handle_close(scene.clone));
}

static void drop_map(void)
{
    area_unmap(scene.area, (void *)scene.address);
    close_area();
}

static void make_large(void)
{
    scene.area = j6_handle_none;
    expect_ok(j6_vma_create(2 * LARGE, j6_vma_flag_large, &scene.area));
    scene.address = (uint64_t)area_map(scene.area, READ_WRITE);
}

static j6_status_t touch_large(void)
{
    return j6_random((void *)(scene.address + LARGE + PAGE), 8);
}

static void decommit_large(void)
{
    expect_ok(area_op(scene.area, j6_op_decommit, 0, 2 * LARGE / PAGE));
}

SCENARIO(a_fault_in_a_large_area, random, .set_up = make_large, .run = touch_large,
         .undo = decommit_large, .tear_down = drop_map, .partial = true);

/* A large page, of which a part goes or changes. */
static void make_large_page(void)
{
    make_large();
    expect_ok(touch_large());
}

static j6_status_t decommit_in_large(void)
{
    return area_op(scene.area, j6_op_decommit, LARGE / PAGE + 3, 1);
}

static j6_status_t clone_in_large(void)
{
    return j6_vma_clone(scene.area, LARGE + PAGE, PAGE, 0, &scene.clone);
}

SCENARIO(taking_a_page_out_of_a_large_one, vma_op_range, .set_up = make_large_page,
         .run = decommit_in_large, .tear_down = drop_map);
SCENARIO(a_clone_of_a_page_of_a_large_one, vma_clone, .set_up = make_large_page,
         .run = clone_in_large, .undo = close_clone, .tear_down = drop_map);
