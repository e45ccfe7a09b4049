/* SPDX-License-Identifier: MIT */
/*
 * Terminals. The UART is in its loop: what a job writes is what is typed, to whoever is the foreground. So that
 * nothing goes round twice, jobs neither echo nor return to the left at newlines. An emulator's loop takes no more than
 * the FIFO holds; what is longer is typed from outside.
 */
#include "userland/test/main/console.h"
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"
#include <j6/ports.h>
#include <j6/uart_device.h>

enum { QUIET_LINES = terminal_mode_lines | terminal_mode_interrupt | terminal_mode_return };

/* ---- a terminal ----------------------------------------------------------------------------- */

static struct console console;
static j6_handle_t ports;

static void start(void)
{
    struct terminal_state state;
    console_start(&console, CONSOLE_COM2, NULL);
    expect_ok(terminal_look(console.terminal, &state)); /* it has its device */
    console_loop();
}

static bool open(void)
{
    return console_loop_open(&console, &ports);
}

static void close(void)
{
    console_loop_close(&console, ports);
}

/* It must not be typed to before it has its mode. */
static void job_open(struct console_job *job, j6_handle_t from, uint64_t flags, uint64_t mode)
{
    console_job_open(job, from, 0);
    expect_ok(terminal_set_mode(job->job, mode));
    if (flags != 0) {
        expect_ok(terminal_foreground(from, job->id));
    }
}

static void shell_open(struct console_job *job, uint64_t mode)
{
    job_open(job, console.terminal, terminal_open_foreground, mode);
}

/* Reads exactly that text. */
static void expect_input(j6_handle_t input, const char *text)
{
    char buf[256];
    size_t wanted = strlen(text);
    size_t total = 0;
    while (total < wanted) {
        uint64_t len = wanted - total;
        if (!expect_ok(j6_channel_receive(input, &len, buf + total, now() + PATIENCE))) {
            return;
        }
        total += len;
    }
    expect(memcmp(buf, text, wanted) == 0);
}

static void expect_no_input(j6_handle_t input)
{
    char byte;
    uint64_t len = 1;
    leave_time();
    expect_status(j6_status_would_block, j6_channel_receive(input, &len, &byte, j6_deadline_poll));
}

static void expect_end(j6_handle_t input)
{
    char byte;
    uint64_t len = 1;
    expect_status(j6_status_closed, j6_channel_receive(input, &len, &byte, now() + PATIENCE));
}

static void await_signal(j6_handle_t event, uint64_t signal)
{
    uint64_t signals;
    expect_ok(j6_object_wait(event, signal, &signals, now() + PATIENCE));
    expect_ok(j6_object_signal(event, signal, 0));
}

/* ---- input ---------------------------------------------------------------------------------- */

TEST(a_line_that_is_typed_is_read_when_it_is_finished)
{
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    console_write(shell.output, "one\x7f\x7fops");
    expect_no_input(shell.input);
    console_write(shell.output, "\r");
    expect_input(shell.input, "oops\n");
    console_job_close(&shell);
    close();
}

TEST(a_job_in_raw_mode_reads_each_byte_that_is_typed)
{
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    console_write(shell.output, "\x1b[A\x03\x04\x7f\r\n\xc3\xa9");
    expect_input(shell.input, "\x1b[A\x03\x04\x7f\r\n\xc3\xa9");
    console_job_close(&shell);
    close();
}

TEST(ctrl_d_ends_an_input_and_the_next_one_goes_on)
{
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    console_write(shell.output, "last\n\x04");
    expect_input(shell.input, "last\n");
    expect_end(shell.input);
    expect_ok(j6_handle_close(shell.input));
    expect_ok(terminal_input(shell.job, &shell.input));
    console_write(shell.output, "more\n");
    expect_input(shell.input, "more\n");
    console_job_close(&shell);
    close();
}

TEST(ctrl_d_behind_a_piece_of_a_line_passes_it_on)
{
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    console_write(shell.output, "piece\x04");
    expect_input(shell.input, "piece");
    console_job_close(&shell);
    close();
}

TEST(what_is_typed_before_anybody_reads_waits)
{
    struct console_job early;
    struct console_job shell;
    if (!open()) {
        return;
    }
    job_open(&early, console.terminal, 0, QUIET_LINES);
    console_write(early.output, "ls\n");
    leave_time();
    shell_open(&shell, QUIET_LINES);
    expect_input(shell.input, "ls\n");
    console_job_close(&early);
    console_job_close(&shell);
    close();
}

/* ---- the foreground ------------------------------------------------------------------------- */

TEST(what_a_shell_has_not_read_goes_to_its_command_and_back)
{
    struct console_job shell;
    struct console_job command;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    console_write(shell.output, "cat\rhello\rmore\r");
    expect_input(shell.input, "cat\r");
    job_open(&command, shell.job, terminal_open_foreground, QUIET_LINES);
    expect_input(command.input, "hello\n");
    expect_ok(terminal_foreground(shell.job, 0));
    expect_input(shell.input, "more\n");
    console_job_close(&command);
    console_job_close(&shell);
    close();
}

TEST(the_shell_is_the_foreground_again_when_its_command_has_ended)
{
    struct terminal_state state;
    struct console_job shell;
    struct console_job command;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    job_open(&command, shell.job, terminal_open_foreground, 0);
    expect_ok(terminal_look(shell.job, &state));
    expect_equal(0, state.flags);
    console_job_close(&command);
    expect_soon(terminal_look(shell.job, &state) == j6_status_ok &&
                state.flags == terminal_is_foreground);
    expect_equal(QUIET_LINES, state.mode);
    console_write(shell.output, "back\n");
    expect_input(shell.input, "back\n");
    console_job_close(&shell);
    close();
}

TEST(ctrl_c_reaches_the_foreground_alone_and_drops_what_was_typed)
{
    struct console_job shell;
    struct console_job command;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    job_open(&command, shell.job, terminal_open_foreground, QUIET_LINES);
    console_write(command.output, "rm -r\x03");
    await_signal(command.event, terminal_interrupt);
    expect_equal(0, signals_of(shell.event) & terminal_interrupt);
    console_write(command.output, "x\n");
    expect_input(command.input, "x\n");
    console_job_close(&command);
    console_job_close(&shell);
    close();
}

TEST(only_the_foreground_and_where_it_comes_from_give_its_place_away)
{
    struct terminal_open_answer answer;
    j6_handle_t job = j6_handle_none;
    struct console_job shell;
    struct console_job front;
    struct console_job back;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    job_open(&front, shell.job, terminal_open_foreground, QUIET_LINES);
    job_open(&back, shell.job, 0, QUIET_LINES);
    expect_status(j6_err_denied, terminal_foreground(back.job, 0));
    expect_status(j6_err_denied, terminal_open(back.job, terminal_open_foreground, &answer, &job));
    expect_status(j6_err_not_found, terminal_foreground(front.job, back.id));
    expect_status(j6_err_not_found, terminal_foreground(front.job, shell.id));
    expect_status(j6_err_not_found, terminal_foreground(shell.job, ~0ull));
    expect_ok(terminal_foreground(shell.job, back.id));
    expect_ok(terminal_foreground(console.terminal, front.id));
    console_job_close(&front);
    console_job_close(&back);
    console_job_close(&shell);
    close();
}

/* ---- output --------------------------------------------------------------------------------- */

TEST(lines_of_the_background_are_shown_whole)
{
    struct console_job shell;
    struct console_job first;
    struct console_job second;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    job_open(&first, shell.job, 0, 0);
    job_open(&second, shell.job, 0, 0);
    console_write(first.output, "one ");
    expect_no_input(shell.input);
    console_write(second.output, "two\n");
    expect_input(shell.input, "two\r\n");
    console_write(first.output, "three\n");
    expect_input(shell.input, "one three\r\n");
    console_job_close(&first);
    console_job_close(&second);
    console_job_close(&shell);
    close();
}

TEST(a_job_whose_line_others_have_ended_is_told)
{
    struct console_job shell;
    struct console_job other;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    job_open(&other, shell.job, 0, 0);
    console_write(shell.output, "> ");
    expect_input(shell.input, "> ");
    console_write(other.output, "done\n");
    expect_input(shell.input, "\r\ndone\r\n");
    await_signal(shell.event, terminal_disturbed);
    console_job_close(&other);
    console_job_close(&shell);
    close();
}

/* Also when nobody has its handle any more. */
TEST(what_a_job_has_written_when_it_ends_is_shown)
{
    struct console_job shell;
    struct console_job command;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    job_open(&command, shell.job, terminal_open_foreground, 0);
    console_write(command.output, "done");
    expect_ok(terminal_drain(command.job));
    console_write(command.output, ", really");
    expect_ok(terminal_foreground(shell.job, 0));
    console_write(shell.output, "$ ");
    console_job_close(&command);
    expect_input(shell.input, "done, really\r\n$ ");
    console_job_close(&shell);
    close();
}

TEST(a_drain_comes_back_when_all_is_on_the_line)
{
    char text[] = "..........";
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    console_write(shell.output, text);
    expect_ok(terminal_drain(shell.job));
    expect_input(shell.input, text);
    console_job_close(&shell);
    close();
}

/* ---- what it is like ------------------------------------------------------------------------ */

TEST(a_terminal_tells_its_size_and_jobs_when_it_changes)
{
    struct terminal_state state;
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    expect_ok(terminal_look(shell.job, &state));
    expect_equal(80, state.columns);
    expect_equal(24, state.rows);
    expect_ok(terminal_set_size(shell.job, 132, 43));
    await_signal(shell.event, terminal_resized);
    expect_ok(terminal_look(console.terminal, &state));
    expect_equal(132, state.columns);
    expect_equal(43, state.rows);
    console_job_close(&shell);
    close();
}

TEST(a_job_knows_its_channels_and_its_mode)
{
    struct terminal_state state;
    struct console_job shell;
    if (!open()) {
        return;
    }
    console_job_open(&shell, console.terminal, 0);
    expect_ok(terminal_look(shell.job, &state));
    expect_equal(terminal_mode_usual, state.mode);
    expect_equal(0, state.flags);
    expect_equal(koid_of(shell.input), state.input);
    expect_equal(koid_of(shell.output), state.output);
    console_job_close(&shell);
    close();
}

TEST(a_terminal_refuses_what_means_nothing)
{
    struct terminal_open_answer answer;
    j6_handle_t handle = j6_handle_none;
    struct console_job shell;
    struct console_job back;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    job_open(&back, shell.job, 0, QUIET_LINES);
    expect_status(j6_err_invalid_arg, terminal_open(shell.job, 1 << 1, &answer, &handle));
    expect_status(j6_err_invalid_arg, terminal_set_mode(shell.job, 1 << 5));
    expect_status(j6_err_invalid_arg, terminal_discard(shell.job, 1 << 2));
    expect_status(j6_err_invalid_arg, terminal_watch(shell.job, event_new(), 1));
    expect_status(j6_err_invalid_arg,
                  terminal_watch(shell.job, area_new(1, 0), terminal_interrupt));
    expect_status(j6_err_bad_state, terminal_set_mode(console.terminal, 0));
    expect_status(j6_err_bad_state, terminal_input(console.terminal, &handle));
    expect_status(j6_err_bad_state, terminal_output(console.terminal, &handle));
    expect_status(j6_err_bad_state, terminal_drain(console.terminal));
    expect_status(j6_err_bad_state, terminal_discard(console.terminal, 0));
    expect_status(j6_err_denied, terminal_discard(back.job, terminal_discard_input));
    console_job_close(&back);
    console_job_close(&shell);
    close();
}

TEST(a_terminal_has_so_many_jobs_and_events_and_again_when_some_have_ended)
{
    enum { TOO_MANY = 100 };
    static j6_handle_t jobs[TOO_MANY];
    struct terminal_open_answer answer;
    j6_status_t status = j6_status_ok;
    size_t count = 0;
    if (!open()) {
        return;
    }
    while (count < TOO_MANY &&
           (status = terminal_open(console.terminal, 0, &answer, &jobs[count])) == j6_status_ok) {
        count++;
    }
    expect_status(j6_err_quota, status);
    for (status = j6_status_ok; status == j6_status_ok;) {
        status = terminal_watch(jobs[0], event_new(), terminal_interrupt);
    }
    expect_status(j6_err_quota, status);
    expect_ok(j6_handle_close(jobs[--count]));
    expect_soon(terminal_open(console.terminal, 0, &answer, &jobs[count]) == j6_status_ok);
    for (size_t i = 0; i <= count; i++) {
        expect_ok(j6_handle_close(jobs[i]));
    }
    close();
}

TEST(what_is_discarded_is_neither_read_nor_shown)
{
    struct console_job shell;
    if (!open()) {
        return;
    }
    shell_open(&shell, 0);
    console_write(shell.output, "typed");
    uint64_t signals;
    expect_ok(j6_object_wait(shell.input, j6_signal_channel_can_recv, &signals, now() + PATIENCE));
    expect_ok(terminal_drain(shell.job));
    leave_time();
    expect_ok(terminal_discard(shell.job, terminal_discard_input | terminal_discard_output));
    expect_no_input(shell.input);
    console_job_close(&shell);
    close();
}

/* ---- ends ----------------------------------------------------------------------------------- */

TEST(clients_of_a_terminal_that_die_leave_nothing)
{
    struct console_job shell;
    struct console_job command;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    for (size_t i = 0; i < 200; i++) {
        job_open(&command, shell.job, terminal_open_foreground, 0);
        console_write(command.output, "x");
        console_job_close(&command);
    }
    expect_ok(terminal_foreground(shell.job, 0));
    expect_ok(terminal_drain(shell.job));
    console_write(shell.output, "\nalive\n");
    expect_soon(signals_of(shell.input) & j6_signal_channel_can_recv);
    console_job_close(&shell);
    close();
}

TEST(jobs_of_a_terminal_that_was_killed_are_closed_and_the_next_one_works)
{
    struct terminal_state state;
    struct console_job shell;
    struct console_job next;
    if (!open()) {
        return;
    }
    shell_open(&shell, QUIET_LINES);
    expect_ok(terminal_set_size(shell.job, 100, 50));
    console_kill(&console);
    expect_end(shell.input);
    start();
    expect_status(j6_status_closed, terminal_look(shell.job, &state));
    expect_status(j6_status_closed, terminal_set_mode(shell.job, 0));
    shell_open(&next, QUIET_LINES);
    expect_ok(terminal_look(next.job, &state));
    expect_equal(100, state.columns);
    console_write(next.output, "again\n");
    expect_input(next.input, "again\n");
    console_job_close(&shell);
    console_job_close(&next);
    close();
}
