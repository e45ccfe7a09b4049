/* SPDX-License-Identifier: MIT */
/* process_read and process_write: another process's memory, as its own threads could use it. */
#include "lib/string.h"
#include "userland/test/main/memory.h"

enum { SIZE = 6 * PAGE };

static char data[SIZE];
static char buffer[SIZE];

static void data_fill(void)
{
    for (uint64_t i = 0; i < SIZE; i++) {
        data[i] = (char)(i * 13 + i / PAGE + 1);
    }
}

/* A process with pages 0, 1 (write), 2 (read), 3 (reserved), 5 (write) from far_place() on. */
struct bench {
    j6_handle_t process;
    j6_handle_t area;
    uint64_t start;
};

static void bench_open(struct bench *bench)
{
    data_fill();
    bench->process = process_new();
    bench->area = area_new(6, 0);
    bench->start = view_map_in(bench->process, far_place(), bench->area, 0, 6, READ_WRITE);
    expect_ok(j6_vma_unmap(bench->area, bench->process, bench->start + 4 * PAGE, PAGE));
    expect_ok(
        j6_vma_protect(bench->area, bench->process, bench->start + 2 * PAGE, PAGE, j6_map_read));
    expect_ok(j6_vma_protect(bench->area, bench->process, bench->start + 3 * PAGE, PAGE, 0));
}

static void bench_close(struct bench *bench)
{
    process_end(bench->process);
    expect_ok(j6_handle_close(bench->area));
}

static void expect_write(const struct bench *bench, uint64_t from, uint64_t len, uint64_t done)
{
    uint64_t told = len;
    expect_status(done == len ? j6_status_ok : j6_err_bad_address,
                  j6_process_write(bench->process, bench->start + from, data, &told));
    expect_equal(done, told);
}

static void expect_read(const struct bench *bench, uint64_t from, uint64_t len, uint64_t done)
{
    uint64_t told = len;
    memset(buffer, 0x55, SIZE);
    expect_status(done == len ? j6_status_ok : j6_err_bad_address,
                  j6_process_read(bench->process, bench->start + from, buffer, &told));
    expect_equal(done, told);
    expect(done == SIZE || buffer[done] == 0x55);
}

TEST(process_write_and_read_carry_bytes_across_pages_and_mappings)
{
    struct bench bench;
    bench_open(&bench);
    expect_write(&bench, 100, 2 * PAGE - 100, 2 * PAGE - 100);
    expect_read(&bench, 100, 2 * PAGE - 100, 2 * PAGE - 100);
    expect_equal(0, memcmp(buffer, data, 2 * PAGE - 100));
    expect_read(&bench, PAGE, 2 * PAGE, 2 * PAGE); /* over to the read-only mapping */
    expect_equal(0, memcmp(buffer, data + PAGE - 100, PAGE));
    expect(is_zero(buffer + PAGE, PAGE));
    expect_equal(data[0], area_get(bench.area, 100));
    bench_close(&bench);
}

TEST(process_write_stops_exactly_at_the_first_byte_that_may_not_be_written)
{
    struct bench bench;
    bench_open(&bench);
    expect_write(&bench, PAGE - 3, 2 * PAGE, PAGE + 3); /* at the read-only page */
    expect_equal(data[PAGE + 2], area_get(bench.area, 2 * PAGE - 1));
    expect_equal(0, area_get(bench.area, 2 * PAGE));
    expect_write(&bench, 2 * PAGE, 1, 0);
    expect_write(&bench, 3 * PAGE, 1, 0);
    expect_write(&bench, 4 * PAGE, 1, 0);
    expect_write(&bench, 5 * PAGE + 4000, 200, 96); /* at the end */
    expect_write(&bench, 5 * PAGE, 0, 0);
    bench_close(&bench);
}

TEST(process_read_stops_exactly_at_the_first_byte_that_may_not_be_read)
{
    struct bench bench;
    bench_open(&bench);
    expect_read(&bench, 2 * PAGE - 7, 2 * PAGE, PAGE + 7); /* at the reserved page */
    expect_read(&bench, 3 * PAGE, 1, 0);
    expect_read(&bench, 4 * PAGE + 1, 1, 0);
    expect_read(&bench, 5 * PAGE + 4000, 200, 96);
    bench_close(&bench);
}

TEST(addresses_outside_of_the_user_half_are_bad_for_process_read_and_write)
{
    static const uint64_t places[] = {
        0,
        0xffff,
        0x00007fffffff0000,
        0x0000800000000000,
        0xffff800000000000,
        0xffffffff80000000,
        0xfffffffffffffff8,
    };
    struct bench bench;
    bench_open(&bench);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint64_t len = 100;
        expect_status(j6_err_bad_address, j6_process_read(bench.process, places[i], buffer, &len));
        expect_equal(0, len);
        len = 100;
        expect_status(j6_err_bad_address, j6_process_write(bench.process, places[i], data, &len));
        expect_equal(0, len);
    }
    bench_close(&bench);
}

TEST(process_read_of_pages_that_were_never_touched_makes_none)
{
    j6_handle_t process = process_new();
    j6_handle_t area = area_new(100, 0);
    uint64_t there = view_map_in(process, far_place(), area, 0, 100, READ_WRITE);
    memset(buffer, 'x', SIZE);
    uint64_t before = frames_free();
    for (uint64_t page = 0; page < 90; page += 5) {
        uint64_t len = SIZE;
        expect_ok(j6_process_read(process, there + page * PAGE + 1, buffer, &len));
        expect(is_zero(buffer, SIZE));
    }
    expect_equal(before, frames_free());
    process_end(process);
    expect_ok(j6_handle_close(area));
}

/* The caller's buffer breaks off after a page and a half. */
TEST(process_read_and_write_tell_how_far_the_callers_buffer_went)
{
    struct bench bench;
    j6_handle_t area = area_new(2, 0);
    char *memory = area_map_at(area, far_place(), READ_WRITE);
    bench_open(&bench);
    memset(memory, 'm', 2 * PAGE);
    uint64_t len = 2 * PAGE;
    expect_status(j6_err_bad_address,
                  j6_process_write(bench.process, bench.start, memory + PAGE / 2, &len));
    expect_equal(PAGE + PAGE / 2, len);
    expect_equal('m', area_get(bench.area, PAGE + PAGE / 2 - 1));
    expect_equal(0, area_get(bench.area, PAGE + PAGE / 2));
    area_put(bench.area, 9, 'n');
    len = 2 * PAGE;
    expect_status(j6_err_bad_address,
                  j6_process_read(bench.process, bench.start + 9, memory + PAGE / 2, &len));
    expect_equal(PAGE + PAGE / 2, len);
    expect_equal('n', memory[PAGE / 2]);
    expect_ok(protect(area, memory + PAGE, 1, j6_map_read));
    len = 2 * PAGE;
    expect_status(j6_err_bad_address, j6_process_read(bench.process, bench.start, memory, &len));
    expect_equal(PAGE, len);
    expect_ok(protect(area, memory + PAGE, 1, READ_WRITE));
    area_unmap(area, memory);
    bench_close(&bench);
    expect_ok(j6_handle_close(area));
}

TEST(process_write_to_a_shared_page_does_not_reach_the_other_side_of_a_clone)
{
    j6_handle_t area = area_new(2, 0);
    area_put(area, 5, 'a');
    j6_handle_t clone = area_clone(area, 0, 2, 0);
    j6_handle_t process = process_new();
    uint64_t source = view_map_in(process, far_place(), area, 0, 2, READ_WRITE);
    uint64_t copy = view_map_in(process, far_place() + 16 * PAGE, clone, 0, 2, READ_WRITE);
    process_put(process, copy + 5, 'b');
    expect_equal('a', process_get(process, source + 5));
    expect_equal('a', area_get(area, 5));
    expect_equal('b', area_get(clone, 5));
    process_put(process, source + PAGE, 'c');
    expect_equal(0, process_get(process, copy + PAGE));
    process_end(process);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(clone));
}

TEST(process_write_to_code_is_bad_address)
{
    j6_handle_t area = area_new(1, 0);
    j6_handle_t process = process_new();
    uint64_t there = view_map_in(process, far_place(), area, 0, 1, j6_map_read | j6_map_exec);
    uint64_t len = 4;
    expect_status(j6_err_bad_address, j6_process_write(process, there, data, &len));
    expect_equal(0, len);
    expect_equal(0, process_get(process, there));
    process_end(process);
    expect_ok(j6_handle_close(area));
}

TEST(a_process_reads_and_writes_its_own_memory_by_calls)
{
    data_fill();
    memset(buffer, 0, SIZE);
    uint64_t len = SIZE - 1;
    expect_ok(j6_process_write(j6_handle_self_process, (uint64_t)buffer + 1, data, &len));
    expect_equal(0, memcmp(buffer + 1, data, SIZE - 1));
    memset(buffer, 0, SIZE);
    expect_ok(j6_process_read(j6_handle_self_process, (uint64_t)data, buffer + 1, &len));
    expect_equal(0, memcmp(buffer + 1, data, SIZE - 1));
    len = PAGE; /* onto itself, and overlapping towards lower addresses */
    expect_ok(j6_process_write(j6_handle_self_process, (uint64_t)buffer, buffer, &len));
    expect_ok(j6_process_write(j6_handle_self_process, (uint64_t)buffer, buffer + 1, &len));
    expect_equal(0, memcmp(buffer, data, PAGE));
}

TEST(process_read_and_write_need_the_right_debug)
{
    struct bench bench;
    bench_open(&bench);
    j6_handle_t poor = without(bench.process, j6_right_process_debug);
    uint64_t len = 1;
    expect_status(j6_err_denied, j6_process_read(poor, bench.start, buffer, &len));
    expect_status(j6_err_denied, j6_process_write(poor, bench.start, data, &len));
    expect_equal(1, len);
    expect_ok(j6_handle_close(poor));
    bench_close(&bench);
}

TEST(memory_of_a_process_that_has_ended_is_bad_address)
{
    j6_handle_t process = process_ended();
    uint64_t len = 10;
    expect_status(j6_err_bad_address, j6_process_read(process, far_place(), buffer, &len));
    expect_equal(0, len);
    len = 10;
    expect_status(j6_err_bad_address, j6_process_write(process, far_place(), data, &len));
    expect_equal(0, len);
    expect_ok(j6_handle_close(process));
}

/* A program that runs: its own stores and loads meet the bytes of the calls. */
TEST(process_write_reaches_a_running_program)
{
    j6_handle_t area = area_new(4, 0);
    const volatile uint64_t *memory = (const volatile uint64_t *)area_map(area, j6_map_read);
    j6_handle_t victim = victim_start_sharing("await_word", "", area);
    while (memory[0] == 0) {
        expect_ok(j6_thread_sleep(0));
    }
    uint64_t value = 0x1122334455667788; /* memory[0] is the address of the word that it looks at */
    uint64_t len = sizeof(value);
    expect_ok(j6_process_write(victim, memory[0], &value, &len));
    expect_equal(0, process_finish(victim).code);
    expect_equal(value, memory[1]);
    area_unmap(area, (const void *)memory);
    expect_ok(j6_handle_close(area));
}
