/* SPDX-License-Identifier: MIT */
/* Scenarios of the calls that make areas, map them and change their size. */
#include "userland/test/main/failures.h"
#include "userland/test/main/memory.h"

enum { PAGES = 8 };

static struct {
    j6_handle_t area;
    uint64_t address;
} scene;

static void close_area(void)
{
    expect_ok(j6_handle_close(scene.area));
}

/* ---- vma_create, vma_create_map ------------------------------------------------------------- */

static j6_status_t create(void)
{
    return j6_vma_create(PAGE, j6_vma_flag_resizable, &scene.area);
}

static j6_status_t create_map(void)
{
    scene.address = 0;
    return j6_vma_create_map(PAGES * PAGE, 0, READ_WRITE, &scene.address, &scene.area);
}

static j6_status_t create_map_fixed(void)
{
    scene.address = 0;
    return j6_vma_create_map(PAGES * PAGE, 0, READ_WRITE | j6_map_fixed_size, &scene.address,
                             &scene.area);
}

static void drop_map(void)
{
    area_unmap(scene.area, (void *)scene.address);
    close_area();
}

SCENARIO(an_area, vma_create, .run = create, .undo = close_area);
SCENARIO(an_area_and_its_mapping, vma_create_map, .run = create_map, .undo = drop_map);
SCENARIO(an_area_and_all_its_pages, vma_create_map, .run = create_map_fixed, .undo = drop_map);

/* ---- vma_map, vma_unmap, vma_protect -------------------------------------------------------- */

static void make(void)
{
    scene.area = area_new(PAGES, 0);
}

static j6_status_t map(uint64_t flags)
{
    scene.address = 0;
    return j6_vma_map(scene.area, j6_handle_self_process, &scene.address, 0, 0, flags);
}

static j6_status_t map_some(void)
{
    return map(READ_WRITE);
}

static j6_status_t map_fixed(void)
{
    return map(READ_WRITE | j6_map_fixed_size);
}

static void unmap_all(void)
{
    area_unmap(scene.area, (void *)scene.address);
}

static void unmap_empty(void)
{
    unmap_all();
    expect_ok(area_op(scene.area, j6_op_decommit, 0, PAGES));
}

SCENARIO(a_mapping, vma_map, .set_up = make, .run = map_some, .undo = unmap_all,
         .tear_down = close_area);

static j6_status_t map_fixed_or_empty(void)
{
    j6_status_t status = map_fixed();
    if (status != j6_status_ok) {
        expect_ok(area_op(scene.area, j6_op_decommit, 0, PAGES));
    }
    return status;
}

SCENARIO(a_mapping_of_fixed_size, vma_map, .set_up = make, .run = map_fixed_or_empty,
         .undo = unmap_empty, .tear_down = close_area);

static void make_mapped(void)
{
    make();
    area_fill(scene.area, PAGES, 1);
    expect_ok(map_some());
    for (uint64_t i = 0; i < PAGES; i++) {
        *(volatile uint64_t *)(scene.address + i * PAGE) = i;
    }
}

static j6_status_t unmap_middle(void)
{
    return j6_vma_unmap(scene.area, j6_handle_self_process, scene.address + 3 * PAGE, PAGE);
}

static void drop_pieces(void)
{
    expect_filled(scene.area, PAGES, 1);
    area_unmap(scene.area, (void *)scene.address);
    area_unmap(scene.area, (void *)(scene.address + 4 * PAGE));
    close_area();
}

SCENARIO(taking_out_the_middle_of_a_mapping, vma_unmap, .set_up = make_mapped, .run = unmap_middle,
         .tear_down = drop_pieces);

static j6_status_t protect_to(uint64_t flags)
{
    return j6_vma_protect(scene.area, j6_handle_self_process, scene.address + 3 * PAGE, PAGE,
                          flags);
}

static j6_status_t protect_middle(void)
{
    return protect_to(j6_map_read);
}

static j6_status_t reserve_middle(void)
{
    return protect_to(0);
}

static void unprotect_middle(void)
{
    expect_ok(protect_to(READ_WRITE));
}

static void drop_mapped(void)
{
    expect_filled(scene.area, PAGES, 1);
    for (uint64_t at = 0; at < PAGES; at++) { /* whatever pieces there are */
        j6_vma_unmap(scene.area, j6_handle_self_process, scene.address + at * PAGE, 0);
    }
    close_area();
}

SCENARIO(protecting_the_middle_of_a_mapping, vma_protect, .set_up = make_mapped,
         .run = protect_middle, .undo = unprotect_middle, .tear_down = drop_mapped);
SCENARIO(reserving_the_middle_of_a_mapping, vma_protect, .set_up = make_mapped,
         .run = reserve_middle, .undo = unprotect_middle, .tear_down = drop_mapped);

/* ---- vma_resize ----------------------------------------------------------------------------- */

static void make_resizable(void)
{
    scene.area = area_new(PAGES, j6_vma_flag_resizable);
    area_fill(scene.area, PAGES, 1);
    expect_ok(map_some());
}

static j6_status_t grow(void)
{
    return area_resize(scene.area, 2 * PAGES);
}

static void shrink_back(void)
{
    expect_ok(area_resize(scene.area, PAGES));
}

SCENARIO(growing_an_area, vma_resize, .set_up = make_resizable, .run = grow, .undo = shrink_back,
         .tear_down = drop_map);

/* ---- a fault -------------------------------------------------------------------------------- */

/* A page that no page table is there for yet. */
static void make_far(void)
{
    make();
    scene.address = far_place();
    expect_ok(j6_vma_map(scene.area, j6_handle_self_process, &scene.address, 0, 0,
                         READ_WRITE | j6_map_exact));
}

static j6_status_t fault_far(void)
{
    return j6_random((void *)scene.address, 8);
}

SCENARIO(a_fault_far_from_all_others, random, .set_up = make_far, .run = fault_far,
         .tear_down = drop_map, .partial = true);
