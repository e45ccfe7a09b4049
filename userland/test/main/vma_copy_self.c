/* SPDX-License-Identifier: MIT */
/* vma_read and vma_write with a buffer that lies in the area itself, or in a clone. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

enum { PAGES = 5, SIZE = PAGES * PAGE };

static char model[SIZE]; /* what the area should hold */
static char buffer[SIZE];

static bool area_is(j6_handle_t area, const char *wanted)
{
    static char found[SIZE];
    uint64_t len = SIZE;
    expect_ok(j6_vma_read(area, 0, found, &len));
    return memcmp(found, wanted, SIZE) == 0;
}

/* Source and target in the same page, in neighbouring ones, and the very same bytes. */
TEST(a_buffer_may_lie_in_the_area_that_is_copied_to_or_from)
{
    j6_handle_t area = area_new(PAGES, 0);
    char *memory = area_map(area, READ_WRITE);
    for (uint64_t i = 0; i < SIZE; i++) {
        memory[i] = model[i] = (char)(i * 31 + i / PAGE);
    }
    uint64_t len = PAGE;
    expect_ok(j6_vma_write(area, 3 * PAGE + 50, memory + 100, &len));
    memcpy(model + 3 * PAGE + 50, model + 100, PAGE);
    expect(area_is(area, model));
    expect_ok(j6_vma_read(area, PAGE / 2, memory + 2 * PAGE, &len));
    memcpy(model + 2 * PAGE, model + PAGE / 2, PAGE);
    expect(area_is(area, model));
    len = SIZE;
    expect_ok(j6_vma_write(area, 0, memory, &len));
    expect(area_is(area, model));
    len = 100;
    expect_ok(j6_vma_read(area, 0, memory + 200, &len));
    memcpy(model + 200, model, 100);
    expect(area_is(area, model));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

/* Towards lower addresses a copy comes out as memmove's; all but the overlap does in any case. */
TEST(copies_that_overlap_touch_nothing_but_their_target)
{
    j6_handle_t area = area_new(PAGES, 0);
    char *memory = area_map(area, READ_WRITE);
    for (uint64_t i = 0; i < SIZE; i++) {
        memory[i] = model[i] = (char)(i * 31 + i / PAGE);
    }
    uint64_t len = 3 * PAGE;
    expect_ok(j6_vma_write(area, 10, memory + 500, &len));
    memmove(model + 10, model + 500, 3 * PAGE);
    expect(area_is(area, model));
    expect_ok(j6_vma_write(area, PAGE + 500, memory + 10, &len));
    expect_equal(3 * PAGE, len);
    expect_equal(0, memcmp(memory, model, PAGE + 500));
    expect_equal(0, memcmp(memory + 4 * PAGE + 500, model + 4 * PAGE + 500, PAGE - 500));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

/* The source of the copy is the very page that the copy makes the clone's own. */
TEST(a_clone_can_be_written_from_its_own_mapping)
{
    j6_handle_t area = area_new(2, 0);
    uint64_t len = 2 * PAGE;
    for (uint64_t i = 0; i < 2 * PAGE; i++) {
        model[i] = (char)(i * 7);
    }
    expect_ok(j6_vma_write(area, 0, model, &len));
    j6_handle_t clone = area_clone(area, 0, 2, 0);
    char *memory = area_map(clone, READ_WRITE);
    len = 1000;
    expect_equal(model[0], memory[0]);
    expect_ok(j6_vma_write(clone, 2000, memory + 100, &len));
    expect_equal(0, memcmp(memory + 2000, model + 100, 1000));
    expect_equal(0, memcmp(memory, model, 2000));
    expect_ok(j6_vma_read(clone, 3000, memory + PAGE, &len));
    expect_equal(0, memcmp(memory + PAGE, memory + 3000, 1000));
    len = 2 * PAGE;
    expect_ok(j6_vma_read(area, 0, buffer, &len));
    expect_equal(0, memcmp(buffer, model, 2 * PAGE));
    area_unmap(clone, memory);
    expect_ok(j6_handle_close(clone));
    expect_ok(j6_handle_close(area));
}
