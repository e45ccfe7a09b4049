/* SPDX-License-Identifier: MIT */
/* Terminals: the ends of their clients, of their driver, and of the line. */
#include "userland/test/main/console_loop.h"

TEST(clients_of_a_terminal_that_die_leave_nothing)
{
    struct console_job shell;
    struct console_job command;
    if (!loop_open()) {
        return;
    }
    loop_shell_open(&shell, QUIET_LINES);
    for (size_t i = 0; i < 200; i++) {
        loop_job_open(&command, shell.job, terminal_open_foreground, 0);
        console_write(command.output, "x");
        console_job_close(&command);
    }
    expect_ok(terminal_foreground(shell.job, 0));
    expect_ok(terminal_drain(shell.job));
    console_write(shell.output, "\nalive\n");
    expect_soon(signals_of(shell.input) & j6_signal_channel_can_recv);
    console_job_close(&shell);
    loop_close();
}

TEST(jobs_of_a_terminal_that_was_killed_are_closed_and_the_next_one_works)
{
    struct terminal_state state;
    struct console_job shell;
    struct console_job next;
    if (!loop_open()) {
        return;
    }
    loop_shell_open(&shell, QUIET_LINES);
    expect_ok(terminal_set_size(shell.job, 100, 50));
    console_kill(&loop_console);
    expect_end(shell.input);
    loop_start();
    expect_status(j6_status_closed, terminal_look(shell.job, &state));
    expect_status(j6_status_closed, terminal_set_mode(shell.job, 0));
    loop_shell_open(&next, QUIET_LINES);
    expect_ok(terminal_look(next.job, &state));
    expect_equal(100, state.columns);
    console_write(next.output, "again\n");
    expect_input(next.input, "again\n");
    console_job_close(&shell);
    console_job_close(&next);
    loop_close();
}
