/* SPDX-License-Identifier: MIT */
/*
 * The gate before every call, tried on every row of the table: whatever the other arguments are,
 * a wrong handle is refused, in the order bad_handle, wrong_type, denied; and numbers that aren't
 * served are nyi.
 */
#include "userland/test/main/calls.h"
#include "userland/test/main/channel.h"

/* A full handle of each type that can be had, all of things that don't matter. */
static struct {
    j6_handle_t of_type[j6_type_count];
} scratch;

static void scratch_make(void)
{
    j6_handle_t process = process_new();
    scratch.of_type[j6_type_none] = area_new(1, 0);
    scratch.of_type[j6_type_vma] = area_new(1, 0);
    scratch.of_type[j6_type_process] = process;
    scratch.of_type[j6_type_event] = event_new();
    scratch.of_type[j6_type_channel] = channel_new();
    scratch.of_type[j6_type_system] = system_handle();
    expect_ok(j6_endpoint_create(0, 0, 0, &scratch.of_type[j6_type_endpoint]));
    expect_ok(j6_thread_create(process, far_place(), far_place(), 0, 0,
                               &scratch.of_type[j6_type_thread]));
}

static void scratch_close(void)
{
    expect_ok(j6_process_kill(scratch.of_type[j6_type_process], 0));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_none]));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_vma]));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_event]));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_channel]));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_process]));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_thread]));
    expect_ok(j6_handle_close(scratch.of_type[j6_type_endpoint]));
}

static void expect_refusal(const struct call_row *row, int place, j6_handle_t handle,
                           j6_status_t wanted)
{
    uint64_t arguments[CALL_ARGUMENTS] = {0};
    for (int i = 0; i < CALL_ARGUMENTS; i++) {
        if (row->arguments[i].kind == ARGUMENT_HANDLE) {
            arguments[i] = scratch.of_type[row->arguments[i].type];
        }
    }
    arguments[place] = handle;
    test_expect_status(wanted, raw_call(row->number, arguments), row->name, TEST_HERE);
}

/* Calls visit(row, place of the argument) for every handle that a served call takes. */
static void (*visit_handle)(const struct call_row *row, int place);

static void visit_row(const struct call_row *row)
{
    for (int i = 0; row->served && i < CALL_ARGUMENTS; i++) {
        if (row->arguments[i].kind == ARGUMENT_HANDLE) {
            visit_handle(row, i);
        }
    }
}

static void each_handle(void (*visit)(const struct call_row *row, int place))
{
    scratch_make();
    visit_handle = visit;
    calls_each(visit_row);
    scratch_close();
}

static void refuse_bad(const struct call_row *row, int place)
{
    j6_handle_t good = scratch.of_type[row->arguments[place].type];
    j6_handle_t last_index = (1ull << j6_handle_index_bits) - 1;
    expect_refusal(row, place, j6_handle_none, j6_err_bad_handle);
    expect_refusal(row, place, ~0ull, j6_err_bad_handle);
    expect_refusal(row, place, last_index, j6_err_bad_handle);
    expect_refusal(row, place, good ^ 1ull << 63, j6_err_bad_handle);
    expect_refusal(row, place, good ^ j6_right_wait, j6_err_bad_handle);
    expect_refusal(row, place, good ^ 1ull << j6_handle_generation_shift, j6_err_bad_handle);
    expect_refusal(row, place, good ^ 0x80000, j6_err_bad_handle);
}

TEST(every_call_refuses_handles_that_are_made_up_or_altered)
{
    each_handle(refuse_bad);
}

static void refuse_wrong_type(const struct call_row *row, int place)
{
    enum j6_type right = row->arguments[place].type;
    for (enum j6_type type = j6_type_system; right != j6_type_none && type < j6_type_count;
         type++) {
        if (type != right && scratch.of_type[type] != j6_handle_none) {
            expect_refusal(row, place, scratch.of_type[type], j6_err_wrong_type);
        }
    }
}

TEST(every_call_refuses_handles_of_another_type)
{
    each_handle(refuse_wrong_type);
}

static void refuse_missing_right(const struct call_row *row, int place)
{
    const struct argument *argument = &row->arguments[place];
    for (uint64_t right = 1ull << j6_handle_rights_shift; right <= argument->rights; right <<= 1) {
        if (argument->rights & right) {
            j6_handle_t lacking = without(scratch.of_type[argument->type], right);
            expect_refusal(row, place, lacking, j6_err_denied);
            expect_ok(j6_handle_close(lacking));
        }
    }
}

TEST(every_call_refuses_handles_that_lack_one_of_its_rights)
{
    each_handle(refuse_missing_right);
}

static void refuse_not_served(const struct call_row *row)
{
    const uint64_t arguments[CALL_ARGUMENTS] = {0};
    if (!row->served) {
        test_expect_status(j6_err_nyi, raw_call(row->number, arguments), row->name, TEST_HERE);
    }
}

TEST(calls_that_are_not_served_yet_are_nyi)
{
    calls_each(refuse_not_served);
}

static uint64_t wanted_number;
static bool wanted_found;

static void look_for_number(const struct call_row *row)
{
    wanted_found = wanted_found || row->number == wanted_number;
}

static void expect_unknown(uint64_t number)
{
    const uint64_t arguments[CALL_ARGUMENTS] = {0};
    wanted_number = number;
    wanted_found = false;
    calls_each(look_for_number);
    if (!wanted_found) {
        expect_status(j6_err_nyi, raw_call(number, arguments));
    }
}

TEST(numbers_that_no_call_has_are_nyi)
{
    for (uint64_t n = 0; n < 512; n++) {
        expect_unknown(J6_CALL_BASE + n);
        expect_unknown(n);
    }
    for (int bit = 9; bit < 64; bit++) {
        expect_unknown(J6_CALL_BASE ^ 1ull << bit);
        expect_unknown(1ull << bit);
        expect_unknown((1ull << bit) - 1);
    }
    expect_unknown(~0ull);
}
