/* SPDX-License-Identifier: MIT */
/* Terminals: what is typed, and to whom. */
#include "userland/test/main/console_loop.h"

/* ---- input ---------------------------------------------------------------------------------- */

LOOP_TEST(a_line_that_is_typed_is_read_when_it_is_finished)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "one\x7f\x7fops");
    expect_no_input(shell->input);
    console_write(shell->output, "\r");
    expect_input(shell->input, "oops\n");
}

LOOP_TEST(a_job_in_raw_mode_reads_each_byte_that_is_typed)
{
    struct console_job *shell = loop_shell(0);
    console_write(shell->output, "\x1b[A\x03\x04\x7f\r\n\xc3\xa9");
    expect_input(shell->input, "\x1b[A\x03\x04\x7f\r\n\xc3\xa9");
}

LOOP_TEST(ctrl_d_ends_an_input_and_the_next_one_goes_on)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "last\n\x04");
    expect_input(shell->input, "last\n");
    expect_end(shell->input);
    expect_ok(j6_handle_close(shell->input));
    expect_ok(terminal_input(shell->job, &shell->input));
    console_write(shell->output, "more\n");
    expect_input(shell->input, "more\n");
}

LOOP_TEST(ctrl_d_behind_a_piece_of_a_line_passes_it_on)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "piece\x04");
    expect_input(shell->input, "piece");
}

LOOP_TEST(what_is_typed_before_anybody_reads_waits)
{
    struct console_job *early = loop_job(loop_console.terminal, QUIET_LINES);
    console_write(early->output, "ls\n");
    leave_time();
    struct console_job *shell = loop_shell(QUIET_LINES);
    expect_input(shell->input, "ls\n");
}

/* ---- the foreground ------------------------------------------------------------------------- */

LOOP_TEST(what_a_shell_has_not_read_goes_to_its_command_and_back)
{
    struct console_job *shell = loop_shell(0);
    console_write(shell->output, "cat\rhello\rmore\r");
    expect_input(shell->input, "cat\r");
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    expect_input(command->input, "hello\n");
    expect_ok(terminal_foreground(shell->job, 0));
    expect_input(shell->input, "more\n");
}

LOOP_TEST(lines_and_their_end_that_were_typed_ahead_are_the_commands_and_the_shell_reads_on)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "cat\none\n\x04last\n");
    expect_input(shell->input, "cat\n");
    leave_time(); /* for the end to be typed, too */
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    expect_input(command->input, "one\n");
    expect_end(command->input);
    console_job_close(command);
    expect_input(shell->input, "last\n");
}

/* The end is typed while no command asks for input: before one is there, and to one that never does. */
LOOP_TEST(an_end_that_no_command_finds_stays_for_who_reads_next)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "cat\r\x04"); /* the cursor stays at the left */
    expect_input(shell->input, "cat\n");
    leave_time(); /* for the end to be typed, too */
    for (int i = 0; i < 2; i++) {
        struct console_job *command = loop_command(shell->job, QUIET_LINES);
        leave_time();
        console_job_close(command);
    }
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    expect_end(command->input);
    console_write(command->output, "more\n");
    console_job_close(command);
    expect_input(shell->input, "more\n");
}

LOOP_TEST(what_was_typed_behind_an_end_is_discarded_with_it)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "x\n\x04y\n");
    expect_input(shell->input, "x\n");
    expect_ok(terminal_drain(shell->job));
    leave_time();
    expect_ok(terminal_discard(shell->job, terminal_discard_input));
    console_write(shell->output, "z\n");
    expect_input(shell->input, "z\n");
}

LOOP_TEST(an_end_is_a_byte_like_any_other_to_a_job_that_wants_no_lines_any_more)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    console_write(shell->output, "x\n\x04y");
    expect_input(shell->input, "x\n");
    leave_time();
    expect_ok(terminal_set_mode(shell->job, 0));
    expect_input(shell->input, "\x04y");
}

LOOP_TEST(the_shell_is_the_foreground_again_when_its_command_has_ended)
{
    struct terminal_state state;
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *command = loop_command(shell->job, 0);
    expect_ok(terminal_look(shell->job, &state));
    expect_equal(0, state.flags);
    console_job_close(command);
    expect_soon(terminal_look(shell->job, &state) == j6_status_ok &&
                state.flags == terminal_is_foreground);
    expect_equal(QUIET_LINES, state.mode);
    console_write(shell->output, "back\n");
    expect_input(shell->input, "back\n");
}

LOOP_TEST(ctrl_c_reaches_the_foreground_alone_and_drops_what_was_typed)
{
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    console_write(command->output, "rm -r\x03");
    await_signal(command->event, terminal_interrupt);
    expect_equal(0, signals_of(shell->event) & terminal_interrupt);
    console_write(command->output, "x\n");
    expect_input(command->input, "x\n");
}

LOOP_TEST(only_the_foreground_and_where_it_comes_from_give_its_place_away)
{
    struct terminal_open_answer answer;
    j6_handle_t job = j6_handle_none;
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *front = loop_command(shell->job, QUIET_LINES);
    struct console_job *back = loop_job(shell->job, QUIET_LINES);
    expect_status(j6_err_denied, terminal_foreground(back->job, 0));
    expect_status(j6_err_denied, terminal_open(back->job, terminal_open_foreground, &answer, &job));
    expect_status(j6_err_not_found, terminal_foreground(front->job, back->id));
    expect_status(j6_err_not_found, terminal_foreground(front->job, shell->id));
    expect_status(j6_err_not_found, terminal_foreground(shell->job, ~0ull));
    expect_ok(terminal_foreground(shell->job, back->id));
    expect_ok(terminal_foreground(loop_console.terminal, front->id));
}
