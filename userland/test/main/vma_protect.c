/* SPDX-License-Identifier: MIT */
/* vma_protect: changing what mappings, and parts of them, allow. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

static const uint64_t READ_EXEC = j6_map_read | j6_map_exec;

/* One character a page: w writable, r readable, - neither. */
static bool allows(char *memory, const char *wanted)
{
    bool right = true;
    for (size_t i = 0; wanted[i] != '\0'; i++) {
        char found = can_write(memory + i * PAGE + 100) ? 'w' : '-';
        found = found == '-' && can_read(memory + i * PAGE) ? 'r' : found;
        right &= found == wanted[i];
    }
    return right;
}

TEST(protection_goes_and_comes_back_and_the_bytes_stay)
{
    j6_handle_t area = area_new(4, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        mark(memory, 4, 1);
        expect_ok(protect(area, memory, 0, j6_map_read));
        expect(allows(memory, "rrrr"));
        expect_ok(protect(area, memory, 0, READ_WRITE));
        expect(allows(memory, "wwww"));
        expect_ok(protect(area, memory, 0, 0));
        expect(allows(memory, "----"));
        expect_ok(protect(area, memory, 0, j6_map_read));
        expect(allows(memory, "rrrr"));
        expect_ok(protect(area, memory, 0, READ_EXEC));
        expect(allows(memory, "rrrr"));
        expect_ok(protect(area, memory, 0, READ_WRITE));
        expect(allows(memory, "wwww"));
        expect(is_marked(memory, 4, 1));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

/* mov eax, value; ret */
static void code_put(char *memory, char value)
{
    const char code[] = {(char)0xb8, value, 0, 0, 0, (char)0xc3};
    memcpy(memory, code, sizeof(code));
}

static int code_run(char *memory)
{
    int (*run)(void);
    memcpy(&run, &memory, sizeof(run));
    return run();
}

TEST(code_that_was_written_runs_once_its_pages_are_executable)
{
    j6_handle_t area = area_new(1, 0);
    char *memory = area_map(area, READ_WRITE);
    for (char value = 1; memory != NULL && value < 4; value++) {
        code_put(memory, value);
        expect_ok(protect(area, memory, 0, READ_EXEC));
        expect_equal(value, code_run(memory));
        expect_ok(protect(area, memory, 0, READ_WRITE));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(any_part_of_a_mapping_can_be_protected_alone)
{
    j6_handle_t area = area_new(6, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        mark(memory, 6, 1);
        expect_ok(protect(area, memory + 2 * PAGE, 2, j6_map_read));
        expect(allows(memory, "wwrrww"));
        expect_ok(protect(area, memory, 1, 0));
        expect_ok(protect(area, memory + 5 * PAGE, 1, j6_map_read));
        expect(allows(memory, "-wrrwr"));
        expect_ok(protect(area, memory + 3 * PAGE, 1, READ_WRITE));
        expect(allows(memory, "-wrwwr"));
        expect_ok(protect(area, memory, 1, READ_WRITE));
        expect_ok(protect(area, memory + 2 * PAGE, 1, READ_WRITE));
        expect_ok(protect(area, memory + 5 * PAGE, 1, READ_WRITE));
        expect(allows(memory, "wwwwww"));
        expect(is_marked(memory, 6, 1));
    }
    area_unmap(area, memory); /* they are one mapping again */
    expect(!can_read(memory + 5 * PAGE));
    expect_ok(j6_handle_close(area));
}

TEST(protecting_back_and_forth_a_thousand_times_leaves_one_mapping)
{
    enum { PAGES = 32 };
    j6_handle_t area = area_new(PAGES, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        mark(memory, PAGES, 1);
        uint64_t mappings = slab_live("vm_mapping");
        uint64_t before = frames_free();
        for (uint64_t i = 0; i < 1000; i++) {
            uint64_t first = i * 7 % PAGES;
            uint64_t count = 1 + i * 5 % (PAGES - first);
            expect_ok(protect(area, memory + first * PAGE, count, i % 3 == 0 ? 0 : j6_map_read));
            expect_ok(protect(area, memory + first * PAGE, count, READ_WRITE));
        }
        expect_soon(slab_live("vm_mapping") == mappings); /* they are freed a little later */
        frames_used_at_most(2, before);
        expect(is_marked(memory, PAGES, 1));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(a_mapping_that_was_protected_as_a_whole_still_follows_the_size)
{
    j6_handle_t area = area_new(1, j6_vma_flag_resizable);
    char *memory = area_map_at(area, far_place(), READ_WRITE);
    if (memory != NULL) {
        expect_ok(protect(area, memory, 0, j6_map_read));
        expect_ok(protect(area, memory, 1, READ_WRITE));
        expect_ok(area_resize(area, 3));
        expect(allows(memory, "www-"));
    }
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(protection_of_one_view_leaves_the_others_alone)
{
    j6_handle_t area = area_new(2, 0);
    j6_handle_t process = process_new();
    char *one = area_map(area, READ_WRITE);
    char *other = area_map(area, READ_WRITE);
    uint64_t there = view_map_in(process, far_place(), area, 0, 2, READ_WRITE);
    if (one != NULL && other != NULL) {
        mark(one, 2, 1);
        expect(is_marked(other, 2, 1));
        expect_ok(protect(area, one, 0, 0));
        expect(allows(one, "--"));
        expect(allows(other, "ww"));
        process_put(process, there + 64, 'x');
        expect_equal('x', other[64]);
        expect_ok(j6_vma_protect(area, process, there, PAGE, j6_map_read));
        uint64_t len = 1;
        expect_status(j6_err_bad_address, j6_process_write(process, there, "y", &len));
        expect_equal('x', process_get(process, there + 64));
        process_put(process, there + PAGE, 'y');
    }
    area_unmap(area, one);
    area_unmap(area, other);
    process_end(process);
    expect_ok(j6_handle_close(area));
}

TEST(vma_protect_refuses_what_vma_map_refuses)
{
    j6_handle_t area = area_new(4, 0);
    char *memory = area_map(area, READ_WRITE);
    static const uint64_t flags[] = {
        READ_WRITE | j6_map_exec,
        j6_map_write,
        j6_map_exec,
        READ_WRITE | j6_map_exact,
        READ_WRITE | j6_map_fixed_size,
        j6_map_read | 1ull << 40,
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        expect_status(j6_err_invalid_arg, protect(area, memory, 0, flags[i]));
    }
    expect_status(j6_err_invalid_arg, protect(area, memory + 1, 1, j6_map_read));
    expect_status(j6_err_invalid_arg, j6_vma_protect(area, j6_handle_self_process, (uint64_t)memory,
                                                     PAGE + 1, j6_map_read));
    expect(allows(memory, "wwww"));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

TEST(vma_protect_finds_only_ranges_of_one_mapping_of_that_area)
{
    j6_handle_t area = area_new(4, 0);
    j6_handle_t other = area_new(4, 0);
    char *memory = area_map_at(area, far_place(), READ_WRITE);
    expect_status(j6_err_not_found, protect(other, memory, 0, j6_map_read));
    expect_status(j6_err_not_found, protect(area, memory, 5, j6_map_read));
    expect_status(j6_err_not_found, protect(area, memory + 3 * PAGE, 2, j6_map_read));
    expect_status(j6_err_not_found, protect(area, memory + PAGE, 0, j6_map_read));
    expect_status(j6_err_not_found, protect(area, memory - PAGE, 2, j6_map_read));
    expect_status(j6_err_not_found, j6_vma_protect(area, j6_handle_self_process, (uint64_t)memory,
                                                   -(uint64_t)PAGE, j6_map_read));
    expect_ok(protect(area, memory, 2, j6_map_read));
    expect_status(j6_err_not_found, protect(area, memory + PAGE, 2, READ_WRITE));
    expect(allows(memory, "rrww"));
    expect_ok(unmap(area, memory, 0));
    expect_ok(unmap(area, memory + 2 * PAGE, 0));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(other));
}

TEST(vma_protect_needs_a_right_for_each_kind_of_access_that_it_gives)
{
    j6_handle_t area = area_new(1, 0);
    char *memory = area_map(area, READ_WRITE);
    j6_handle_t no_read = without(area, j6_right_vma_read);
    j6_handle_t no_write = without(area, j6_right_vma_write);
    j6_handle_t no_exec = without(area, j6_right_vma_exec);
    expect_status(j6_err_denied, protect(no_read, memory, 0, j6_map_read));
    expect_status(j6_err_denied, protect(no_write, memory, 0, READ_WRITE));
    expect_status(j6_err_denied, protect(no_exec, memory, 0, READ_EXEC));
    expect_ok(protect(no_read, memory, 0, 0));
    expect_ok(protect(no_write, memory, 0, READ_EXEC));
    expect_ok(protect(no_exec, memory, 0, READ_WRITE));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(no_read));
    expect_ok(j6_handle_close(no_write));
    expect_ok(j6_handle_close(no_exec));
    expect_ok(j6_handle_close(area));
}
