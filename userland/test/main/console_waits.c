/* SPDX-License-Identifier: MIT */
/* Terminals: who waits for a line that stands still, and for how long. */
#include "userland/test/main/console_loop.h"
#include "userland/test/main/look.h"

enum { WAITERS = 4 };

struct waiter {
    struct j6_thread thread;
    j6_handle_t job;
};

static int64_t drain(void *arg)
{
    const struct waiter *waiter = arg;
    return (int64_t)terminal_drain(waiter->job);
}

static int64_t take_place(void *arg)
{
    const struct waiter *waiter = arg;
    return (int64_t)terminal_foreground(waiter->job, 0);
}

static void waiter_start(struct waiter *waiter, j6_handle_t job, int64_t (*run)(void *arg))
{
    waiter->job = job;
    expect_ok(j6_thread_run(&waiter->thread, run, waiter, 4 * PAGE));
    thread_blocks(waiter->thread.handle, j6_wait_reply);
}

static void waiter_end(struct waiter *waiter, j6_status_t wanted)
{
    int64_t status = -1;
    expect_ok(j6_thread_join(&waiter->thread, &status));
    expect_status(wanted, (j6_status_t)status);
}

LOOP_TEST(a_job_that_waits_for_a_line_that_stands_still_keeps_nobody_else_from_it)
{
    struct waiter waiters[WAITERS];
    struct console_job *shell = loop_shell(0);
    struct console_job *other = loop_job(shell->job, 0);
    loop_lines(shell, LOOP_STOPPED);
    console_write(other->output, "x\n");
    for (int i = 0; i < WAITERS; i++) {
        waiter_start(&waiters[i], other->job, drain);
    }
    expect_status(j6_err_quota, terminal_drain(other->job));
    expect_ok(terminal_foreground(shell->job, 0));
    expect_ok(terminal_foreground(loop_console.terminal, shell->id));
    expect_no_input(shell->input);
    loop_lines(shell, LOOP_ALL);
    for (int i = 0; i < WAITERS; i++) {
        waiter_end(&waiters[i], j6_status_ok);
    }
    expect_input(shell->input, "x\r\n");
    expect_ok(terminal_drain(other->job));
}

/* More than is on its way at once. */
static void fill(j6_handle_t output)
{
    static const char text[4096] = {0};
    j6_status_t status = j6_status_ok;
    while (status == j6_status_ok) {
        uint64_t len = sizeof(text);
        status = j6_channel_send(output, &len, text, j6_deadline_poll);
    }
    expect_status(j6_status_would_block, status);
}

LOOP_TEST(a_shell_waits_for_its_place_until_all_of_its_command_is_shown_or_dropped)
{
    struct terminal_state state;
    struct waiter waiters[WAITERS];
    struct console_job *shell = loop_shell(0);
    struct console_job *command = loop_command(shell->job, 0);
    loop_lines(shell, LOOP_STOPPED);
    fill(command->output);
    for (int i = 0; i < WAITERS; i++) {
        waiter_start(&waiters[i], shell->job, take_place);
    }
    expect_ok(terminal_look(shell->job, &state));
    expect_equal(terminal_is_foreground, state.flags);
    expect_status(j6_err_quota, terminal_foreground(shell->job, 0));
    expect_ok(terminal_discard(command->job, terminal_discard_output));
    for (int i = 0; i < WAITERS; i++) {
        waiter_end(&waiters[i], j6_status_ok);
    }
    expect_ok(terminal_foreground(shell->job, 0));
}

LOOP_TEST(a_drain_of_a_job_that_ends_is_closed)
{
    struct waiter waiter;
    struct console_job *shell = loop_shell(0);
    struct console_job *other = loop_job(shell->job, 0);
    loop_lines(shell, LOOP_STOPPED);
    console_write(other->output, "x\n");
    waiter_start(&waiter, other->job, drain);
    console_job_close(other);
    waiter_end(&waiter, j6_status_closed);
    loop_lines(shell, LOOP_ALL);
    expect_input(shell->input, "x\r\n");
}
