/* SPDX-License-Identifier: MIT */
/* Scenarios of clones: made, and both sides written, cleared and given back. */
#include "userland/test/main/failures.h"
#include "userland/test/main/memory.h"

enum { PAGES = 5000 }; /* a tree of three levels */

static struct {
    j6_handle_t area;
    j6_handle_t clone;
    uint64_t address;
} scene;

static void close_area(void)
{
    expect_ok(j6_handle_close(scene.area));
}

static void close_clone(void)
{
    expect_ok(j6_handle_close(scene.clone));
}

/* ---- vma_clone, and writes on both sides ---------------------------------------------------- */

static void make_filled(void)
{
    scene.area = area_new(PAGES, 0);
    area_fill(scene.area, PAGES, 61);
}

static j6_status_t make_clone(void)
{
    return j6_vma_clone(scene.area, 0, PAGES * PAGE, 0, &scene.clone);
}

/* Both ends lie within leaves. */
static j6_status_t clone_middle(void)
{
    return j6_vma_clone(scene.area, 70 * PAGE, 4000 * PAGE, 0, &scene.clone);
}

static void drop_filled(void)
{
    expect_filled(scene.area, PAGES, 61);
    close_area();
}

SCENARIO(a_clone, vma_clone, .set_up = make_filled, .run = make_clone, .undo = close_clone,
         .tear_down = drop_filled);
SCENARIO(a_clone_of_the_middle, vma_clone, .set_up = make_filled, .run = clone_middle,
         .undo = close_clone, .tear_down = drop_filled);

/* ---- what both sides share ------------------------------------------------------------------ */

static void make_shared(void)
{
    scene.area = area_new(PAGES, j6_vma_flag_resizable);
    area_fill(scene.area, PAGES, 61);
    expect_ok(j6_vma_clone(scene.area, 0, PAGES * PAGE, j6_vma_flag_resizable, &scene.clone));
}

static void drop_shared(void)
{
    close_area();
    close_clone();
}

static j6_status_t shrink_shared(void)
{
    j6_status_t status = area_resize(scene.area, PAGES / 2);
    expect_filled(scene.clone, PAGES, 61);
    return status;
}

SCENARIO(shrinking_what_a_clone_shares, vma_resize, .set_up = make_shared, .run = shrink_shared,
         .tear_down = drop_shared, .partial = true);

static j6_status_t decommit_shared(void)
{
    j6_status_t status = area_op(scene.area, j6_op_decommit, 30, 100);
    expect_filled(scene.clone, PAGES, 61);
    return status;
}

static j6_status_t zero_shared(void)
{
    j6_status_t status = area_op(scene.area, j6_op_zero, 0, PAGES);
    expect_filled(scene.clone, PAGES, 61);
    return status;
}

SCENARIO(giving_back_what_a_clone_shares, vma_op_range, .set_up = make_shared,
         .run = decommit_shared, .tear_down = drop_shared, .partial = true);
SCENARIO(clearing_what_a_clone_shares, vma_op_range, .set_up = make_shared, .run = zero_shared,
         .tear_down = drop_shared, .partial = true);

static j6_status_t write(j6_handle_t area)
{
    static const uint8_t bytes[PAGE];
    uint64_t len = sizeof(bytes);
    return j6_vma_write(area, 61 * PAGE + PAGE / 2, bytes, &len);
}

static j6_status_t write_clone(void)
{
    j6_status_t status = write(scene.clone);
    expect_filled(scene.area, PAGES, 61);
    return status;
}

static j6_status_t write_cloned(void)
{
    j6_status_t status = write(scene.area);
    expect_filled(scene.clone, PAGES, 61);
    return status;
}

SCENARIO(writing_to_a_clone, vma_write, .set_up = make_shared, .run = write_clone,
         .tear_down = drop_shared, .partial = true);
SCENARIO(writing_to_what_was_cloned, vma_write, .set_up = make_shared, .run = write_cloned,
         .tear_down = drop_shared, .partial = true);

static void make_shared_mapped(void)
{
    make_shared();
    scene.address = (uint64_t)area_map(scene.area, READ_WRITE);
    expect(can_read((void *)(scene.address + 61 * PAGE)));
}

static j6_status_t fault_on_shared(void)
{
    return j6_random((void *)(scene.address + 61 * PAGE), 8);
}

static void drop_shared_mapped(void)
{
    expect_filled(scene.clone, PAGES, 61);
    area_unmap(scene.area, (void *)scene.address);
    drop_shared();
}

SCENARIO(a_write_fault_on_what_was_cloned, random, .set_up = make_shared_mapped,
         .run = fault_on_shared, .tear_down = drop_shared_mapped, .partial = true);
