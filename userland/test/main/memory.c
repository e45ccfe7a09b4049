/* SPDX-License-Identifier: MIT */
/* Helpers as described in memory.h. */
#include "userland/test/main/memory.h"
#include "lib/string.h"

void area_put(j6_handle_t area, uint64_t offset, char byte)
{
    uint64_t len = 1;
    expect_ok(j6_vma_write(area, offset, &byte, &len));
}

char area_get(j6_handle_t area, uint64_t offset)
{
    char byte = 0;
    uint64_t len = 1;
    expect_ok(j6_vma_read(area, offset, &byte, &len));
    return byte;
}

void area_fill(j6_handle_t area, uint64_t pages, uint64_t nth)
{
    for (uint64_t i = 0; i < pages; i += nth) {
        uint64_t len = sizeof(i);
        expect_ok(j6_vma_write(area, i * PAGE, &i, &len));
    }
}

void expect_filled(j6_handle_t area, uint64_t pages, uint64_t nth)
{
    for (uint64_t i = 0; i < pages; i += nth) {
        uint64_t number = ~0ull;
        uint64_t len = sizeof(number);
        expect_ok(j6_vma_read(area, i * PAGE, &number, &len));
        expect_equal(i, number);
    }
}

j6_handle_t area_clone(j6_handle_t area, uint64_t first, uint64_t count, uint64_t flags)
{
    j6_handle_t clone = j6_handle_none;
    expect_ok(j6_vma_clone(area, first * PAGE, count * PAGE, flags, &clone));
    return clone;
}

j6_status_t area_op(j6_handle_t area, uint64_t op, uint64_t first, uint64_t count)
{
    uint64_t len = count * PAGE;
    j6_status_t status = j6_vma_op_range(area, op, first * PAGE, &len);
    expect(status != j6_status_ok || len == count * PAGE);
    return status;
}

j6_status_t area_resize(j6_handle_t area, uint64_t pages)
{
    uint64_t size = pages * PAGE;
    return j6_vma_resize(area, &size);
}

char *view_map(j6_handle_t area, uint64_t first, uint64_t count, uint64_t flags)
{
    uint64_t address = 0;
    expect_ok(
        j6_vma_map(area, j6_handle_self_process, &address, first * PAGE, count * PAGE, flags));
    return (char *)address;
}

uint64_t view_map_in(j6_handle_t process, uint64_t address, j6_handle_t area, uint64_t first,
                     uint64_t count, uint64_t flags)
{
    expect_ok(
        j6_vma_map(area, process, &address, first * PAGE, count * PAGE, flags | j6_map_exact));
    return address;
}

char *area_map_at(j6_handle_t area, uint64_t address, uint64_t flags)
{
    return (char *)view_map_in(j6_handle_self_process, address, area, 0, 0, flags);
}

j6_status_t unmap(j6_handle_t area, const void *address, uint64_t pages)
{
    return j6_vma_unmap(area, j6_handle_self_process, (uint64_t)address, pages * PAGE);
}

j6_status_t protect(j6_handle_t area, const void *address, uint64_t pages, uint64_t flags)
{
    return j6_vma_protect(area, j6_handle_self_process, (uint64_t)address, pages * PAGE, flags);
}

void mark(char *memory, uint64_t pages, uint64_t name)
{
    for (uint64_t i = 0; i < pages; i++) {
        volatile uint64_t *words = (volatile uint64_t *)(memory + i * PAGE);
        words[0] = name + i;
        words[PAGE / 8 - 1] = ~(name + i);
    }
}

bool is_marked(const char *memory, uint64_t pages, uint64_t name)
{
    bool right = true;
    for (uint64_t i = 0; i < pages; i++) {
        const volatile uint64_t *words = (const volatile uint64_t *)(memory + i * PAGE);
        right &= words[0] == name + i && words[PAGE / 8 - 1] == ~(name + i);
    }
    return right;
}

bool is_zero(const char *memory, uint64_t len)
{
    char any = 0;
    for (uint64_t i = 0; i < len; i++) {
        any |= memory[i];
    }
    return any == 0;
}

void process_put(j6_handle_t process, uint64_t address, char byte)
{
    uint64_t len = 1;
    expect_ok(j6_process_write(process, address, &byte, &len));
}

char process_get(j6_handle_t process, uint64_t address)
{
    char byte = 0;
    uint64_t len = 1;
    expect_ok(j6_process_read(process, address, &byte, &len));
    return byte;
}

void process_end(j6_handle_t process)
{
    expect_ok(j6_process_kill(process, 0));
    process_finish(process);
}

uint64_t slab_live(const char *name)
{
    static struct j6_slab_info rows[64];
    uint64_t len = sizeof(rows);
    expect_ok(j6_system_info(system_handle(), j6_topic_slabs, 0, rows, &len));
    for (uint64_t i = 0; i < len / sizeof(rows[0]); i++) {
        if (string_equal(rows[i].name, name)) {
            return rows[i].live;
        }
    }
    expect(false);
    return 0;
}

bool frames_used_at_most(uint64_t limit, uint64_t before)
{
    return expect_soon(frames_free() + limit >= before);
}
