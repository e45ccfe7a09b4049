/* SPDX-License-Identifier: MIT */
/* Scenarios of the calls on areas. */
#include "userland/test/main/failures.h"

enum { PAGES = 8, LARGE = 2 << 20 };

static struct {
    j6_handle_t area;
    j6_handle_t other;
    uint64_t address;
} scene;

static void close_area(void)
{
    expect_ok(j6_handle_close(scene.area));
}

static void close_other(void)
{
    expect_ok(j6_handle_close(scene.other));
}

/* Every nth page of the area gets its number as its content. */
static void fill(j6_handle_t area, uint64_t pages, uint64_t nth)
{
    for (uint64_t i = 0; i < pages; i += nth) {
        uint64_t len = sizeof(i);
        expect_ok(j6_vma_write(area, i * PAGE, &i, &len));
    }
}

static void expect_content(j6_handle_t area, uint64_t pages, uint64_t nth)
{
    for (uint64_t i = 0; i < pages; i += nth) {
        uint64_t number = ~0ull;
        uint64_t len = sizeof(number);
        expect_ok(j6_vma_read(area, i * PAGE, &number, &len));
        expect_equal(i, number);
    }
}

static j6_status_t op(j6_handle_t area, uint64_t what, uint64_t from, uint64_t pages)
{
    uint64_t len = pages * PAGE;
    return j6_vma_op_range(area, what, from * PAGE, &len);
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

static void unmap(void)
{
    area_unmap(scene.area, (void *)scene.address);
}

static void unmap_empty(void)
{
    unmap();
    expect_ok(op(scene.area, j6_op_decommit, 0, PAGES));
}

SCENARIO(a_mapping, vma_map, .set_up = make, .run = map_some, .undo = unmap,
         .tear_down = close_area);

static j6_status_t map_fixed_or_empty(void)
{
    j6_status_t status = map_fixed();
    if (status != j6_status_ok) {
        expect_ok(op(scene.area, j6_op_decommit, 0, PAGES));
    }
    return status;
}

SCENARIO(a_mapping_of_fixed_size, vma_map, .set_up = make, .run = map_fixed_or_empty,
         .undo = unmap_empty, .tear_down = close_area);

static void make_mapped(void)
{
    make();
    fill(scene.area, PAGES, 1);
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
    expect_content(scene.area, PAGES, 1);
    area_unmap(scene.area, (void *)scene.address);
    area_unmap(scene.area, (void *)(scene.address + 4 * PAGE));
    close_area();
}

SCENARIO(taking_out_the_middle_of_a_mapping, vma_unmap, .set_up = make_mapped, .run = unmap_middle,
         .tear_down = drop_pieces);

static j6_status_t protect(uint64_t flags)
{
    return j6_vma_protect(scene.area, j6_handle_self_process, scene.address + 3 * PAGE, PAGE,
                          flags);
}

static j6_status_t protect_middle(void)
{
    return protect(j6_map_read);
}

static j6_status_t reserve_middle(void)
{
    return protect(0);
}

static void unprotect_middle(void)
{
    expect_ok(protect(READ_WRITE));
}

static void drop_mapped(void)
{
    expect_content(scene.area, PAGES, 1);
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

enum { MANY = 5000 }; /* pages: a tree of three levels */

static j6_status_t resize(uint64_t pages)
{
    uint64_t size = pages * PAGE;
    return j6_vma_resize(scene.area, &size);
}

static void make_resizable(void)
{
    scene.area = area_new(PAGES, j6_vma_flag_resizable);
    fill(scene.area, PAGES, 1);
    expect_ok(map_some());
}

static j6_status_t grow(void)
{
    return resize(2 * PAGES);
}

static void shrink_back(void)
{
    expect_ok(resize(PAGES));
}

SCENARIO(growing_an_area, vma_resize, .set_up = make_resizable, .run = grow, .undo = shrink_back,
         .tear_down = drop_map);

static void make_shared(void)
{
    scene.area = area_new(MANY, j6_vma_flag_resizable);
    fill(scene.area, MANY, 61);
    expect_ok(j6_vma_clone(scene.area, 0, MANY * PAGE, j6_vma_flag_resizable, &scene.other));
}

static void drop_shared(void)
{
    close_area();
    close_other();
}

static j6_status_t shrink_shared(void)
{
    j6_status_t status = resize(MANY / 2);
    expect_content(scene.other, MANY, 61);
    return status;
}

SCENARIO(shrinking_what_a_clone_shares, vma_resize, .set_up = make_shared, .run = shrink_shared,
         .tear_down = drop_shared, .partial = true);

/* ---- vma_op_range --------------------------------------------------------------------------- */

static void make_many(void)
{
    scene.area = area_new(MANY, 0);
}

/* Over the end of a node of the tree, on a tree that has to grow. */
static j6_status_t commit(void)
{
    return op(scene.area, j6_op_commit, MANY - 70, 70);
}

static void decommit(void)
{
    expect_ok(op(scene.area, j6_op_decommit, 0, MANY));
}

SCENARIO(committing_pages, vma_op_range, .set_up = make_many, .run = commit, .undo = decommit,
         .tear_down = close_area, .partial = true);

static void make_large(void)
{
    scene.area = j6_handle_none;
    expect_ok(j6_vma_create(2 * LARGE, j6_vma_flag_large, &scene.area));
    expect_ok(map_some());
}

static j6_status_t touch_large(void)
{
    return j6_random((void *)(scene.address + LARGE + PAGE), 8);
}

static void decommit_large(void)
{
    expect_ok(op(scene.area, j6_op_decommit, 0, 2 * LARGE / PAGE));
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
    return op(scene.area, j6_op_decommit, LARGE / PAGE + 3, 1);
}

static j6_status_t clone_in_large(void)
{
    return j6_vma_clone(scene.area, LARGE + PAGE, PAGE, 0, &scene.other);
}

SCENARIO(taking_a_page_out_of_a_large_one, vma_op_range, .set_up = make_large_page,
         .run = decommit_in_large, .tear_down = drop_map);
SCENARIO(a_clone_of_a_page_of_a_large_one, vma_clone, .set_up = make_large_page,
         .run = clone_in_large, .undo = close_other, .tear_down = drop_map);

static j6_status_t decommit_shared(void)
{
    j6_status_t status = op(scene.area, j6_op_decommit, 30, 100);
    expect_content(scene.other, MANY, 61);
    return status;
}

static j6_status_t zero_shared(void)
{
    j6_status_t status = op(scene.area, j6_op_zero, 0, MANY);
    expect_content(scene.other, MANY, 61);
    return status;
}

SCENARIO(giving_back_what_a_clone_shares, vma_op_range, .set_up = make_shared,
         .run = decommit_shared, .tear_down = drop_shared, .partial = true);
SCENARIO(clearing_what_a_clone_shares, vma_op_range, .set_up = make_shared, .run = zero_shared,
         .tear_down = drop_shared, .partial = true);

/* ---- vma_clone, and writes on both sides ---------------------------------------------------- */

static void make_filled(void)
{
    make_many();
    fill(scene.area, MANY, 61);
}

static j6_status_t clone(void)
{
    return j6_vma_clone(scene.area, 0, MANY * PAGE, 0, &scene.other);
}

/* Both ends lie within leaves. */
static j6_status_t clone_middle(void)
{
    return j6_vma_clone(scene.area, 70 * PAGE, 4000 * PAGE, 0, &scene.other);
}

static void drop_filled(void)
{
    expect_content(scene.area, MANY, 61);
    close_area();
}

SCENARIO(a_clone, vma_clone, .set_up = make_filled, .run = clone, .undo = close_other,
         .tear_down = drop_filled);
SCENARIO(a_clone_of_the_middle, vma_clone, .set_up = make_filled, .run = clone_middle,
         .undo = close_other, .tear_down = drop_filled);

static j6_status_t write(j6_handle_t area)
{
    static const uint8_t bytes[PAGE];
    uint64_t len = sizeof(bytes);
    return j6_vma_write(area, 61 * PAGE + PAGE / 2, bytes, &len);
}

static j6_status_t write_clone(void)
{
    j6_status_t status = write(scene.other);
    expect_content(scene.area, MANY, 61);
    return status;
}

static j6_status_t write_cloned(void)
{
    j6_status_t status = write(scene.area);
    expect_content(scene.other, MANY, 61);
    return status;
}

SCENARIO(writing_to_a_clone, vma_write, .set_up = make_shared, .run = write_clone,
         .tear_down = drop_shared, .partial = true);
SCENARIO(writing_to_what_was_cloned, vma_write, .set_up = make_shared, .run = write_cloned,
         .tear_down = drop_shared, .partial = true);

static void make_shared_mapped(void)
{
    make_shared();
    expect_ok(map_some());
    expect(can_read((void *)(scene.address + 61 * PAGE)));
}

static j6_status_t fault_on_shared(void)
{
    return j6_random((void *)(scene.address + 61 * PAGE), 8);
}

static void drop_shared_mapped(void)
{
    expect_content(scene.other, MANY, 61);
    unmap();
    drop_shared();
}

SCENARIO(a_write_fault_on_what_was_cloned, random, .set_up = make_shared_mapped,
         .run = fault_on_shared, .tear_down = drop_shared_mapped, .partial = true);

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

/* ---- vma_read ------------------------------------------------------------------------------- */

static j6_status_t read(void)
{
    static uint8_t bytes[2 * PAGE];
    uint64_t len = sizeof(bytes);
    return j6_vma_read(scene.area, PAGE / 2, bytes, &len);
}

static j6_status_t write_new(void)
{
    return write(scene.area);
}

SCENARIO(reading_what_is_not_there_yet, vma_read, .set_up = make_many, .run = read,
         .undo = decommit, .tear_down = close_area, .partial = true);
SCENARIO(writing_what_is_not_there_yet, vma_write, .set_up = make_many, .run = write_new,
         .undo = decommit, .tear_down = close_area, .partial = true);
