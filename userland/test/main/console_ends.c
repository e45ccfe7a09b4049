/* SPDX-License-Identifier: MIT */
/* Terminals: the ends of their clients, of their driver, and of the line. */
#include "userland/test/main/console_loop.h"

LOOP_TEST(clients_of_a_terminal_that_die_leave_nothing)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    for (size_t i = 0; i < 200; i++) {
        struct console_job *command = loop_command(shell->job, 0);
        console_write(command->output, "x");
        console_job_close(command);
    }
    expect_ok(terminal_foreground(shell->job, 0));
    expect_ok(terminal_drain(shell->job));
    console_write(shell->output, "\nalive\n");
    expect_soon(signals_of(shell->input) & j6_signal_channel_can_recv);
}

LOOP_TEST(jobs_of_a_terminal_that_was_killed_are_closed_and_the_next_one_works)
{
    struct terminal_state state;
    struct console_job *shell = loop_shell(QUIET_LINES);
    expect_ok(terminal_set_size(shell->job, 100, 50));
    console_kill(&loop_console);
    expect_end(shell->input);
    loop_start();
    expect_status(j6_status_closed, terminal_look(shell->job, &state));
    expect_status(j6_status_closed, terminal_set_mode(shell->job, 0));
    struct console_job *next = loop_shell(QUIET_LINES);
    expect_ok(terminal_look(next->job, &state));
    expect_equal(100, state.columns);
    console_write(next->output, "again\n");
    expect_input(next->input, "again\n");
}

/* What it was typed, read or not, is its shell's then: it was as much as interrupts at once. */
LOOP_TEST(what_a_command_has_not_read_when_it_dies_is_read_by_its_shell)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    console_write(command->output, "one\rtwo\r\x01"); /* the cursor stays at the left */
    await_input(command->input);
    console_job_close(command);
    expect_input(shell->input, "one\ntwo\n");
    console_write(shell->output, "three\n");
    expect_input(shell->input, "\x01three\n");
}

/* ---- the line ------------------------------------------------------------------------------- */

static void expect_hang_up(const struct console_job *job)
{
    await_signal(job->event, terminal_hang_up);
    expect_end(job->input);
}

/* Eight bytes, of which the last one is of another line: an interrupt tells of all of them. */
LOOP_TEST(when_the_carrier_goes_inputs_end_and_output_is_dropped_until_it_is_back)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    console_write(command->output, "unread\nu");
    await_input(command->input);
    loop_lines(shell, LOOP_HUNG_UP);
    expect_hang_up(shell);
    expect_hang_up(command);
    console_write(command->output, "lost\n");
    expect_ok(terminal_drain(command->job));
    loop_lines(shell, LOOP_ALL);
    expect_ok(j6_handle_close(command->input));
    expect_ok(terminal_input(command->job, &command->input));
    console_write(command->output, "back\n");
    expect_input(command->input, "back\n");
}
