/* SPDX-License-Identifier: MIT */
/* Terminals: what is shown, and when. */
#include "userland/test/main/console_loop.h"

LOOP_TEST(lines_of_the_background_are_shown_whole)
{
    struct console_job *shell = loop_shell(0);
    struct console_job *first = loop_job(shell->job, 0);
    struct console_job *second = loop_job(shell->job, 0);
    console_write(first->output, "one ");
    expect_no_input(shell->input);
    console_write(second->output, "two\n");
    expect_input(shell->input, "two\r\n");
    console_write(first->output, "three\n");
    expect_input(shell->input, "one three\r\n");
}

LOOP_TEST(a_job_whose_line_others_have_ended_is_told)
{
    struct console_job *shell = loop_shell(0);
    struct console_job *other = loop_job(shell->job, 0);
    console_write(shell->output, "> ");
    expect_input(shell->input, "> ");
    console_write(other->output, "done\n");
    expect_input(shell->input, "\r\ndone\r\n");
    await_signal(shell->event, terminal_disturbed);
}

/* Also when nobody has its handle any more. */
LOOP_TEST(what_a_job_has_written_when_it_ends_is_shown)
{
    struct console_job *shell = loop_shell(0);
    struct console_job *command = loop_command(shell->job, 0);
    console_write(command->output, "done");
    expect_ok(terminal_drain(command->job));
    console_write(command->output, ", really");
    expect_ok(terminal_foreground(shell->job, 0));
    console_write(shell->output, "$ ");
    console_job_close(command);
    expect_input(shell->input, "done, really\r\n$ ");
}

LOOP_TEST(a_drain_comes_back_when_all_is_on_the_line)
{
    char text[] = "..........";
    struct console_job *shell = loop_shell(0);
    console_write(shell->output, text);
    expect_ok(terminal_drain(shell->job));
    expect_input(shell->input, text);
}

LOOP_TEST(what_is_discarded_is_neither_read_nor_shown)
{
    struct console_job *shell = loop_shell(0);
    console_write(shell->output, "typed");
    await_input(shell->input);
    expect_ok(terminal_drain(shell->job));
    leave_time();
    expect_ok(terminal_discard(shell->job, terminal_discard_input | terminal_discard_output));
    expect_no_input(shell->input);
}
