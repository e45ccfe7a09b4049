/* SPDX-License-Identifier: MIT */
/* Accounts: a process gets no more than its limits, and nobody can give what it doesn't have. */
#include "userland/test/main/util.h"

static const struct j6_limits small = {
    .pages = 200, .handles = 40, .threads = 3, .processes = 0, .priority = 4};

static j6_handle_t limited(const struct j6_limits *limits)
{
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("limited", 7, limits, 0, &process));
    return process;
}

/* The victim uses one thing up; what it was told at the limit is its exit code. */
static void expect_quota(const char *mode)
{
    j6_handle_t process = limited(&small);
    victim_start_in(process, mode, "");
    struct j6_end_info end = process_finish(process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(j6_err_quota & 0xff, end.code);
}

TEST(a_process_over_its_limit_of_handles_gets_quota)
{
    expect_quota("use_up_handles");
}

TEST(a_process_over_its_limit_of_threads_gets_quota)
{
    expect_quota("use_up_threads");
}

TEST(a_process_over_its_limit_of_processes_gets_quota)
{
    expect_quota("use_up_processes");
}

TEST(a_process_over_its_limit_of_pages_gets_quota_from_calls)
{
    expect_quota("use_up_pages_by_calls");
}

TEST(a_process_over_its_limit_of_pages_ends_by_a_fault_of_its_own_kind)
{
    j6_handle_t process = limited(&small);
    victim_start_in(process, "use_up_pages", "");
    expect_equal(j6_reason_no_memory, process_finish(process).reason);
}

TEST(a_call_that_is_refused_writes_nothing_and_looks_at_pointers_before_limits)
{
    j6_handle_t process = limited(&small);
    victim_start_in(process, "refused", "");
    struct j6_end_info end = process_finish(process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(0, end.code);
}

TEST(limits_beyond_those_of_the_creator_are_quota)
{
    j6_handle_t process;
    struct j6_limits limits = small;
    limits.pages = ~0ull;
    expect_status(j6_err_quota, j6_process_create("x", 1, &limits, 0, &process));
    limits = small;
    limits.handles = ~0ull;
    expect_status(j6_err_quota, j6_process_create("x", 1, &limits, 0, &process));
    limits = small;
    limits.threads = ~0ull;
    expect_status(j6_err_quota, j6_process_create("x", 1, &limits, 0, &process));
    limits = small;
    limits.processes = ~0ull;
    expect_status(j6_err_quota, j6_process_create("x", 1, &limits, 0, &process));
}

TEST(limits_that_mean_nothing_are_invalid_arg)
{
    j6_handle_t process;
    struct j6_limits limits = small;
    limits.flags = j6_limits_flag_constant << 1;
    expect_status(j6_err_invalid_arg, j6_process_create("x", 1, &limits, 0, &process));
    limits = small;
    limits.priority = 8;
    expect_status(j6_err_invalid_arg, j6_process_create("x", 1, &limits, 0, &process));
}

TEST(limits_fall_back_to_the_creator_when_the_process_ends)
{
    struct j6_limits limits = small;
    limits.pages = frames_free() / 4;
    for (int i = 0; i < 20; i++) {
        j6_handle_t process = limited(&limits);
        expect_ok(j6_process_kill(process, 0));
        process_finish(process);
    }
}
