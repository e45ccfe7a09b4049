/* SPDX-License-Identifier: MIT */
/* Programs for Linux at a terminal. Its UART is in a loop: what they write is what is typed. */
#include "userland/test/main/channel.h"
#include "userland/test/main/console_loop.h"
#include "userland/test/main/files.h"
#include "userland/test/main/linux.h"

static const uint64_t JOB_RIGHTS =
    J6_RIGHT(40) | J6_RIGHT(41) | J6_RIGHT(48); /* duplicate, transfer, send */

/* Runs a check whose stdin and stdout are these, and stderr a pipe, with the job as its terminal. */
static void expect_check(const char *check, const struct console_job *job, j6_handle_t in,
                         uint64_t in_rights, j6_handle_t out, uint64_t out_rights)
{
    j6_handle_t err = channel_new();
    const struct j6_spawn_row rows[] = {{"stdin", in, in_rights},
                                        {"stdout", out, out_rights},
                                        {"stderr", err, j6_right_wait | SEND},
                                        {"terminal", job->job, JOB_RIGHTS}};
    expect_equal(0, process_finish(linux_start("musl", check, rows, 4)).code);
    expect_ok(j6_handle_close(err));
}

static void expect_at_terminal(const char *check)
{
    const struct console_job *job = loop_shell(QUIET_LINES);
    expect_check(check, job, job->input, j6_right_wait | RECEIVE, job->output,
                 j6_right_wait | SEND);
}

LOOP_TEST(a_musl_program_at_a_terminal_learns_its_size_and_sets_its_mode)
{
    expect_at_terminal("terminal");
}

LOOP_TEST(stdout_of_a_musl_program_at_a_terminal_is_written_line_by_line)
{
    expect_at_terminal("terminal_lines");
}

LOOP_TEST(a_pipe_and_a_file_are_no_terminal_though_the_program_has_one)
{
    struct file_service service;
    const struct console_job *job = loop_shell(QUIET_LINES);
    j6_handle_t pipe = channel_new();
    j6_handle_t files = files_begin(&service);
    j6_handle_t file = file_open(files, "tmp/out", files_open_write | files_open_create);
    expect_check("terminal_elsewhere", job, pipe, j6_right_wait | RECEIVE, file, JOB_RIGHTS);
    expect_ok(j6_handle_close(pipe));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

LOOP_TEST(a_musl_program_whose_terminal_has_gone_has_none)
{
    const struct console_job *job = loop_shell(QUIET_LINES);
    console_kill(&loop_console); /* its successor knows nothing of the job */
    loop_start();
    expect_check("terminal_elsewhere", job, job->input, j6_right_wait | RECEIVE, job->output,
                 j6_right_wait | SEND);
}
