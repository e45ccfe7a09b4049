/* SPDX-License-Identifier: MIT */
/*
 * Calls on areas with two things wrong at once. The order is denied, invalid_arg, out_of_range,
 * bad_address, and last whatever depends on the state of things. Nothing is written but on success.
 */
#include "userland/test/main/calls.h"
#include "userland/test/main/memory.h"

/* What the cases work on. */
struct bench {
    j6_handle_t area;      /* of 4 pages */
    j6_handle_t resizable; /* likewise */
    j6_handle_t poor;      /* an area's, with the right map alone */
    j6_handle_t ended;     /* a process */
};

static void bench_open(struct bench *bench)
{
    bench->area = area_new(4, 0);
    bench->resizable = area_new(4, j6_vma_flag_resizable);
    bench->poor = narrowed(bench->area, j6_right_vma_map);
    bench->ended = process_ended();
}

static void bench_close(struct bench *bench)
{
    expect_ok(j6_handle_close(bench->area));
    expect_ok(j6_handle_close(bench->resizable));
    expect_ok(j6_handle_close(bench->poor));
    expect_ok(j6_handle_close(bench->ended));
}

struct order_case {
    j6_status_t wanted;
    const char *name;
    uint64_t number;
    uint64_t arguments[CALL_ARGUMENTS];
};

static void try_cases(const struct order_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        test_expect_status(cases[i].wanted, raw_call(cases[i].number, cases[i].arguments),
                           cases[i].name, TEST_HERE);
    }
}

/* clang-format off */
#define CASE(wanted, call, ...) {j6_err_##wanted, #call " to be " #wanted, call_##call, {__VA_ARGS__}}
/* clang-format on */

static const uint64_t BAD = 8;            /* a pointer to nothing */
static const uint64_t FLAG = 1ull << 40;  /* that no call knows */
static const uint64_t FAR = 64ull * PAGE; /* beyond the end of every area here */
#define SELF j6_handle_self_process

TEST(calls_that_make_areas_report_errors_in_order)
{
    struct bench bench;
    bench_open(&bench);
    const struct order_case cases[] = {
        CASE(invalid_arg, vma_create, 0, FLAG, BAD),
        CASE(out_of_range, vma_create, 0, 0, BAD),
        CASE(bad_address, vma_create, PAGE, 0, BAD),
        CASE(invalid_arg, vma_create_map, 0, FLAG, READ_WRITE, BAD, BAD),
        CASE(invalid_arg, vma_create_map, 0, 0, FLAG, BAD, BAD),
        CASE(out_of_range, vma_create_map, 0, 0, READ_WRITE, BAD, BAD),
        CASE(bad_address, vma_create_map, PAGE, j6_vma_flag_resizable,
             READ_WRITE | j6_map_fixed_size, BAD, BAD),
        CASE(denied, vma_clone, bench.poor, 1, FAR, FLAG, BAD),
        CASE(invalid_arg, vma_clone, bench.area, FAR, PAGE, FLAG, BAD),
        CASE(invalid_arg, vma_clone, bench.area, FAR, PAGE + 1, 0, BAD),
        CASE(out_of_range, vma_clone, bench.area, FAR, PAGE, 0, BAD),
        CASE(bad_address, vma_clone, bench.area, 0, PAGE, 0, BAD),
    };
    try_cases(cases, sizeof(cases) / sizeof(cases[0]));
    bench_close(&bench);
}

TEST(calls_on_mappings_report_errors_in_order)
{
    struct bench bench;
    bench_open(&bench);
    uint64_t good = 0;
    const uint64_t fixed_size = READ_WRITE | j6_map_fixed_size;
    const struct order_case cases[] = {
        CASE(denied, vma_map, bench.poor, SELF, BAD, 1, FAR, READ_WRITE | FLAG),
        CASE(invalid_arg, vma_map, bench.area, SELF, BAD, FAR, PAGE, READ_WRITE | FLAG),
        CASE(invalid_arg, vma_map, bench.area, SELF, BAD, FAR + 1, PAGE, READ_WRITE),
        CASE(invalid_arg, vma_map, bench.area, SELF, BAD, FAR, PAGE + 1, READ_WRITE),
        CASE(out_of_range, vma_map, bench.area, SELF, BAD, FAR, PAGE, READ_WRITE),
        CASE(bad_address, vma_map, bench.area, bench.ended, BAD, 0, PAGE, READ_WRITE),
        CASE(bad_address, vma_map, bench.resizable, SELF, BAD, 0, PAGE, fixed_size),
        CASE(out_of_range, vma_map, bench.resizable, SELF, (uint64_t)&good, FAR, PAGE, fixed_size),
        CASE(out_of_range, vma_map, bench.area, bench.ended, (uint64_t)&good, FAR, PAGE,
             READ_WRITE),
        CASE(bad_state, vma_map, bench.area, bench.ended, (uint64_t)&good, 0, PAGE, READ_WRITE),
        CASE(invalid_arg, vma_unmap, bench.area, SELF, PAGE + 1, PAGE),
        CASE(invalid_arg, vma_unmap, bench.area, bench.ended, PAGE + 1, PAGE),
        CASE(not_found, vma_unmap, bench.area, bench.ended, PAGE, PAGE),
        CASE(denied, vma_protect, bench.poor, SELF, 1, PAGE, READ_WRITE | FLAG),
        CASE(invalid_arg, vma_protect, bench.area, bench.ended, PAGE, PAGE, READ_WRITE | FLAG),
        CASE(invalid_arg, vma_protect, bench.area, bench.ended, PAGE, 1, READ_WRITE),
        CASE(not_found, vma_protect, bench.area, bench.ended, PAGE, PAGE, READ_WRITE),
    };
    try_cases(cases, sizeof(cases) / sizeof(cases[0]));
    bench_close(&bench);
}

TEST(calls_on_the_bytes_of_areas_report_errors_in_order)
{
    struct bench bench;
    bench_open(&bench);
    uint64_t too_large = ~0ull;
    uint64_t odd = PAGE + 1;
    uint64_t one = 1;
    uint64_t page = PAGE;
    const struct order_case cases[] = {
        CASE(denied, vma_resize, bench.poor, BAD),
        CASE(bad_address, vma_resize, bench.area, BAD),
        CASE(out_of_range, vma_resize, bench.area, (uint64_t)&too_large),
        CASE(denied, vma_op_range, bench.poor, j6_op_zero, 1, BAD),
        CASE(invalid_arg, vma_op_range, bench.area, 77, FAR, BAD),
        CASE(invalid_arg, vma_op_range, bench.area, j6_op_zero, FAR + 1, BAD),
        CASE(invalid_arg, vma_op_range, bench.area, j6_op_zero, FAR, (uint64_t)&odd),
        CASE(bad_address, vma_op_range, bench.area, j6_op_zero, FAR, BAD),
        CASE(out_of_range, vma_op_range, bench.area, j6_op_zero, FAR, (uint64_t)&page),
        CASE(denied, vma_read, bench.poor, FAR, BAD, BAD),
        CASE(bad_address, vma_read, bench.area, FAR, BAD, BAD),
        CASE(out_of_range, vma_read, bench.area, FAR, BAD, (uint64_t)&one),
        CASE(denied, vma_write, bench.poor, FAR, BAD, BAD),
        CASE(bad_address, vma_write, bench.area, FAR, BAD, BAD),
        CASE(out_of_range, vma_write, bench.area, FAR, BAD, (uint64_t)&one),
    };
    try_cases(cases, sizeof(cases) / sizeof(cases[0]));
    bench_close(&bench);
}

/* The other result of the call can't be written: what could be is as it was. */
TEST(a_call_that_fails_writes_none_of_its_results)
{
    struct bench bench;
    bench_open(&bench);
    const uint64_t mark = 0x5a5a000;
    uint64_t address = mark;
    j6_handle_t out = mark;
    uint64_t *bad = (uint64_t *)BAD;
    expect_status(j6_err_bad_address, j6_vma_create_map(PAGE, 0, READ_WRITE, &address, bad));
    expect_status(j6_err_bad_address, j6_vma_create_map(PAGE, 0, READ_WRITE, bad, &out));
    expect_status(j6_err_bad_state,
                  j6_vma_create_map(PAGE, j6_vma_flag_resizable, READ_WRITE | j6_map_fixed_size,
                                    &address, &out));
    expect_status(j6_err_out_of_range, j6_vma_create(0, 0, &out));
    expect_status(j6_err_out_of_range, j6_vma_clone(bench.area, FAR, PAGE, 0, &out));
    expect_status(j6_err_out_of_range,
                  j6_vma_map(bench.area, SELF, &address, FAR, PAGE, READ_WRITE));
    expect_status(j6_err_bad_state,
                  j6_vma_map(bench.area, bench.ended, &address, 0, PAGE, READ_WRITE));
    expect_status(j6_err_bad_state, j6_vma_resize(bench.area, &address));
    expect_equal(mark, address);
    expect_equal(mark, out);
    bench_close(&bench);
}
