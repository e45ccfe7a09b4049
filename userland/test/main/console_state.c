/* SPDX-License-Identifier: MIT */
/* Terminals: what they tell, what they refuse, and how much there is of what they have. */
#include "userland/test/main/console_loop.h"
#include "userland/test/main/look.h"

LOOP_TEST(a_terminal_tells_its_size_and_jobs_when_it_changes)
{
    struct terminal_state state;
    struct console_job *shell = loop_shell(QUIET_LINES);
    expect_ok(terminal_look(shell->job, &state));
    expect_equal(80, state.columns);
    expect_equal(24, state.rows);
    expect_ok(terminal_set_size(shell->job, 132, 43));
    await_signal(shell->event, terminal_resized);
    expect_ok(terminal_look(loop_console.terminal, &state));
    expect_equal(132, state.columns);
    expect_equal(43, state.rows);
}

LOOP_TEST(a_job_knows_its_channels_and_its_mode)
{
    struct terminal_state state;
    struct console_job job;
    console_job_open(&job, loop_console.terminal, 0);
    expect_ok(terminal_look(job.job, &state));
    expect_equal(terminal_mode_usual, state.mode);
    expect_equal(0, state.flags);
    expect_equal(koid_of(job.input), state.input);
    expect_equal(koid_of(job.output), state.output);
    console_job_close(&job);
}

LOOP_TEST(a_terminal_refuses_what_means_nothing)
{
    struct terminal_open_answer answer;
    j6_handle_t handle = j6_handle_none;
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *back = loop_job(shell->job, QUIET_LINES);
    expect_status(j6_err_invalid_arg, terminal_open(shell->job, 1 << 1, &answer, &handle));
    expect_status(j6_err_invalid_arg, terminal_set_mode(shell->job, 1 << 5));
    expect_status(j6_err_invalid_arg, terminal_discard(shell->job, 1 << 2));
    expect_status(j6_err_invalid_arg, terminal_watch(shell->job, event_new(), 1));
    expect_status(j6_err_invalid_arg,
                  terminal_watch(shell->job, area_new(1, 0), terminal_interrupt));
    expect_status(j6_err_bad_state, terminal_set_mode(loop_console.terminal, 0));
    expect_status(j6_err_bad_state, terminal_input(loop_console.terminal, &handle));
    expect_status(j6_err_bad_state, terminal_output(loop_console.terminal, &handle));
    expect_status(j6_err_bad_state, terminal_drain(loop_console.terminal));
    expect_status(j6_err_bad_state, terminal_discard(loop_console.terminal, 0));
    expect_status(j6_err_denied, terminal_discard(back->job, terminal_discard_input));
}

LOOP_TEST(a_terminal_has_so_many_jobs_and_events_and_again_when_some_have_ended)
{
    enum { TOO_MANY = 100 };
    static j6_handle_t jobs[TOO_MANY];
    struct terminal_open_answer answer;
    j6_status_t status = j6_status_ok;
    size_t count = 0;
    while (count < TOO_MANY && (status = terminal_open(loop_console.terminal, 0, &answer,
                                                       &jobs[count])) == j6_status_ok) {
        count++;
    }
    expect_status(j6_err_quota, status);
    for (status = j6_status_ok; status == j6_status_ok;) {
        status = terminal_watch(jobs[0], event_new(), terminal_interrupt);
    }
    expect_status(j6_err_quota, status);
    expect_ok(j6_handle_close(jobs[--count]));
    expect_soon(terminal_open(loop_console.terminal, 0, &answer, &jobs[count]) == j6_status_ok);
    for (size_t i = 0; i <= count; i++) {
        expect_ok(j6_handle_close(jobs[i]));
    }
}
