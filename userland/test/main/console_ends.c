/* SPDX-License-Identifier: MIT */
/* Terminals: the ends of their clients, of their driver, and of the line. */
#include "userland/test/main/console_loop.h"

SYSTEM_TEST(clients_of_a_terminal_that_die_leave_nothing)
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

SYSTEM_TEST(jobs_of_a_terminal_that_was_killed_are_closed_and_the_next_one_works)
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

/* What it was typed, read or not, is its shell's then: it was as much as interrupts at once. */
SYSTEM_TEST(what_a_command_has_not_read_when_it_dies_is_read_by_its_shell)
{
    uint64_t signals;
    struct console_job shell;
    struct console_job command;
    if (!loop_open()) {
        return;
    }
    loop_shell_open(&shell, QUIET_LINES);
    loop_job_open(&command, shell.job, terminal_open_foreground, QUIET_LINES);
    console_write(command.output, "one\rtwo\r\x01"); /* the cursor stays at the left */
    expect_ok(
        j6_object_wait(command.input, j6_signal_channel_can_recv, &signals, now() + PATIENCE));
    console_job_close(&command);
    expect_input(shell.input, "one\ntwo\n");
    console_write(shell.output, "three\n");
    expect_input(shell.input, "\x01three\n");
    console_job_close(&shell);
    loop_close();
}

/* ---- the line ------------------------------------------------------------------------------- */

static void expect_hang_up(const struct console_job *job)
{
    await_signal(job->event, terminal_hang_up);
    expect_end(job->input);
}

/* Eight bytes, of which the last one is of another line: an interrupt tells of all of them. */
SYSTEM_TEST(when_the_carrier_goes_inputs_end_and_output_is_dropped_until_it_is_back)
{
    uint64_t signals;
    struct console_job shell;
    struct console_job command;
    if (!loop_open()) {
        return;
    }
    loop_shell_open(&shell, QUIET_LINES);
    loop_job_open(&command, shell.job, terminal_open_foreground, QUIET_LINES);
    loop_lines(&shell, LOOP_ALL);
    console_write(command.output, "unread\nu");
    expect_ok(
        j6_object_wait(command.input, j6_signal_channel_can_recv, &signals, now() + PATIENCE));
    loop_lines(&shell, LOOP_HUNG_UP);
    expect_hang_up(&shell);
    expect_hang_up(&command);
    console_write(command.output, "lost\n");
    expect_ok(terminal_drain(command.job));
    loop_lines(&shell, LOOP_ALL);
    expect_ok(j6_handle_close(command.input));
    expect_ok(terminal_input(command.job, &command.input));
    console_write(command.output, "back\n");
    expect_input(command.input, "back\n");
    console_job_close(&command);
    console_job_close(&shell);
    loop_close();
}
