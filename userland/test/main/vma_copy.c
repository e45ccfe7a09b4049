/* SPDX-License-Identifier: MIT */
/* vma_read and vma_write: odd ranges, faults in the middle, holes, and buffers in the area itself. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

enum { PAGES = 5, SIZE = PAGES * PAGE };

/* What the area should hold, and a place to read it into. */
static char model[SIZE];
static char buffer[SIZE];

static bool area_is(j6_handle_t area, const char *wanted)
{
    static char found[SIZE];
    uint64_t len = SIZE;
    expect_ok(j6_vma_read(area, 0, found, &len));
    return memcmp(found, wanted, SIZE) == 0;
}

/* Offsets and ends around page boundaries, with buffers of every alignment. */
static const uint64_t edges[] = {0,        1,        7,        PAGE - 1,        PAGE,     PAGE + 1,
                                 2 * PAGE, SIZE / 2, 3 * PAGE, SIZE - PAGE + 5, SIZE - 1, SIZE};
enum { EDGES = sizeof(edges) / sizeof(edges[0]) };

static void write_range(j6_handle_t area, uint64_t from, uint64_t end, const char *data)
{
    uint64_t len = end - from;
    expect_ok(j6_vma_write(area, from, data, &len));
    expect_equal(end - from, len);
    memcpy(model + from, data, end - from);
}

TEST(any_range_of_bytes_is_written_and_nothing_beside_it)
{
    static char data[SIZE + 8];
    j6_handle_t area = area_new(PAGES, 0);
    bool right = true;
    memset(model, 0, SIZE);
    for (int i = 0; i < EDGES; i++) {
        for (int k = i; k < EDGES; k++) {
            memset(data, i * EDGES + k + 1, sizeof(data));
            write_range(area, edges[i], edges[k], data + (i + k) % 8);
            right &= area_is(area, model);
        }
    }
    expect(right);
    expect_ok(j6_handle_close(area));
}

TEST(any_range_of_bytes_is_read_and_nothing_beside_it)
{
    j6_handle_t area = area_new(PAGES, 0);
    uint64_t len = SIZE;
    expect_ok(j6_random(model, 256));
    for (uint64_t i = 256; i < SIZE; i++) {
        model[i] = (char)(model[i - 256] + 1);
    }
    expect_ok(j6_vma_write(area, 0, model, &len));
    bool right = true;
    for (int i = 0; i < EDGES; i++) {
        for (int k = i; k < EDGES; k++) {
            len = edges[k] - edges[i];
            memset(buffer, 0x55, SIZE);
            expect_ok(j6_vma_read(area, edges[i], buffer + edges[i], &len));
            right &= len == edges[k] - edges[i];
            right &= memcmp(buffer + edges[i], model + edges[i], len) == 0;
            right &= edges[i] == 0 || buffer[edges[i] - 1] == 0x55;
            right &= edges[k] == SIZE || buffer[edges[k]] == 0x55;
        }
    }
    expect(right);
    expect_ok(j6_handle_close(area));
}

TEST(reading_holes_gives_zeros_and_makes_no_pages)
{
    j6_handle_t area = area_new(1 << 20, 0);
    memset(buffer, 'x', SIZE);
    expect_equal('x', buffer[SIZE - 1]);
    uint64_t before = frames_free();
    for (uint64_t offset = 1; offset < 1 << 30; offset *= 5) {
        uint64_t len = SIZE;
        expect_ok(j6_vma_read(area, offset, buffer, &len));
        expect_equal(SIZE, len);
        expect(is_zero(buffer, SIZE));
    }
    expect_equal(before, frames_free());
    expect_ok(j6_handle_close(area));
}

/* Four pages of the caller's memory, of which the third isn't there. */
struct broken {
    j6_handle_t area;
    char *memory;
};

static void broken_open(struct broken *broken)
{
    broken->area = area_new(4, 0);
    broken->memory = area_map(broken->area, READ_WRITE);
    memset(broken->memory, 'b', 4 * PAGE);
    expect_ok(unmap(broken->area, broken->memory + 2 * PAGE, 1));
}

static void broken_close(struct broken *broken)
{
    area_unmap(broken->area, broken->memory);
    area_unmap(broken->area, broken->memory + 3 * PAGE);
    expect_ok(j6_handle_close(broken->area));
}

TEST(a_vma_write_from_a_buffer_that_breaks_off_tells_where)
{
    static const uint64_t starts[] = {0, 1, PAGE - 1, PAGE + 5, 2 * PAGE - 1};
    struct broken broken;
    broken_open(&broken);
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        uint64_t wanted = 2 * PAGE - starts[i];
        for (uint64_t offset = 0; offset < 2 * PAGE; offset += 1000) {
            j6_handle_t area = area_new(PAGES, 0);
            uint64_t len = 3 * PAGE;
            memset(model, 0, SIZE);
            memset(model + offset, 'b', wanted);
            expect_status(j6_err_bad_address,
                          j6_vma_write(area, offset, broken.memory + starts[i], &len));
            expect_equal(wanted, len);
            expect(area_is(area, model));
            expect_ok(j6_handle_close(area));
        }
    }
    broken_close(&broken);
}

TEST(a_vma_read_into_a_buffer_that_breaks_off_tells_where)
{
    static const uint64_t starts[] = {0, 1, PAGE - 1, PAGE + 5, 2 * PAGE - 1};
    struct broken broken;
    j6_handle_t area = area_new(PAGES, 0);
    uint64_t len = SIZE;
    memset(buffer, 'r', SIZE);
    expect_ok(j6_vma_write(area, 0, buffer, &len));
    broken_open(&broken);
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        len = 3 * PAGE;
        memset(broken.memory, 'b', 2 * PAGE);
        expect_status(j6_err_bad_address, j6_vma_read(area, 77, broken.memory + starts[i], &len));
        expect_equal(2 * PAGE - starts[i], len);
        expect(starts[i] == 0 || broken.memory[starts[i] - 1] == 'b');
        expect_equal('r', broken.memory[starts[i]]);
        expect_equal('r', broken.memory[2 * PAGE - 1]);
        expect_equal('b', broken.memory[3 * PAGE]);
    }
    broken_close(&broken);
    expect_ok(j6_handle_close(area));
}

TEST(a_vma_read_into_a_page_that_is_read_only_stops_before_it)
{
    j6_handle_t area = area_new(3, 0);
    j6_handle_t source = area_new(3, 0);
    uint64_t len = 3 * PAGE;
    char *memory = area_map(area, READ_WRITE);
    memset(buffer, 'r', SIZE);
    expect_ok(j6_vma_write(source, 0, buffer, &len));
    expect_ok(protect(area, memory + PAGE, 1, j6_map_read));
    expect_status(j6_err_bad_address, j6_vma_read(source, 0, memory + 9, &len));
    expect_equal(PAGE - 9, len);
    expect_equal('r', memory[PAGE - 1]);
    expect_equal(0, memory[PAGE]);
    len = 3 * PAGE;
    expect_ok(j6_vma_write(source, 0, memory, &len)); /* reading it is allowed */
    expect_equal(0, area_get(source, PAGE));
    expect_ok(protect(area, memory + PAGE, 1, READ_WRITE));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(source));
    expect_ok(j6_handle_close(area));
}

TEST(what_vma_read_and_write_refuse_leaves_a_length_of_0)
{
    j6_handle_t area = area_new(1, 0);
    char *kernel = (char *)0xffff800000000000;
    uint64_t len = PAGE + 1;
    expect_status(j6_err_out_of_range, j6_vma_write(area, 0, buffer, &len));
    expect_equal(0, len);
    len = 2;
    expect_status(j6_err_out_of_range, j6_vma_read(area, PAGE - 1, buffer, &len));
    expect_equal(0, len);
    len = PAGE;
    expect_status(j6_err_bad_address, j6_vma_read(area, 0, kernel, &len));
    expect_equal(0, len);
    len = PAGE;
    expect_status(j6_err_bad_address, j6_vma_write(area, 0, kernel - PAGE / 2, &len));
    expect_equal(0, len);
    expect_ok(j6_handle_close(area));
}

TEST(vma_read_refuses_what_lies_outside_of_the_area)
{
    j6_handle_t area = area_new(2, 0);
    static const struct {
        uint64_t offset, len;
    } ranges[] = {{2 * PAGE, 1}, {2 * PAGE - 1, 2}, {~0ull, 1},
                  {1, ~0ull},    {0, 2 * PAGE + 1}, {3 * PAGE, 0}};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        uint64_t len = ranges[i].len;
        expect_status(j6_err_out_of_range, j6_vma_read(area, ranges[i].offset, buffer, &len));
    }
    uint64_t len = 0;
    expect_ok(j6_vma_read(area, 2 * PAGE, buffer, &len));
    len = 1;
    expect_ok(j6_vma_read(area, 2 * PAGE - 1, buffer, &len));
    expect_ok(j6_handle_close(area));
}

TEST(vma_read_and_vma_write_need_a_right_each)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t no_read = without(area, j6_right_vma_read);
    j6_handle_t no_write = without(area, j6_right_vma_write);
    j6_handle_t clone;
    uint64_t len = 1;
    expect_status(j6_err_denied, j6_vma_read(no_read, 0, buffer, &len));
    expect_status(j6_err_denied, j6_vma_clone(no_read, 0, PAGE, 0, &clone));
    expect_status(j6_err_denied, j6_vma_write(no_write, 0, buffer, &len));
    expect_ok(j6_vma_write(no_read, 0, buffer, &len));
    expect_ok(j6_vma_read(no_write, 0, buffer, &len));
    expect_ok(j6_handle_close(no_read));
    expect_ok(j6_handle_close(no_write));
    expect_ok(j6_handle_close(area));
}
