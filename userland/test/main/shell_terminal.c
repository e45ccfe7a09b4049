/* SPDX-License-Identifier: MIT */
/* A shell at a terminal that this test serves: what it draws when somebody else does something to the terminal. */
#include "userland/test/main/shell.h"
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include <proto/terminal.h>

/* ---- the terminal, whose jobs all type and show in the same place -------------------------------- */

static const uint64_t PASSED_ON = j6_right_duplicate | j6_right_transfer | j6_right_wait;

static struct {
    j6_handle_t endpoint;
    j6_handle_t typed, shown;
    j6_handle_t event; /* that the shell watches its job with */
    uint32_t columns;
    struct j6_thread thread;
} terminal;

static j6_status_t serve_open(struct j6_request *request)
{
    request->answer[0] = 1;
    return j6_handle_duplicate(terminal.endpoint, j6_right_endpoint_send | PASSED_ON, 0,
                               &request->answer_handle);
}

static j6_status_t serve_input(struct j6_request *request)
{
    return j6_handle_duplicate(terminal.typed, RECEIVE | PASSED_ON, 0, &request->answer_handle);
}

static j6_status_t serve_output(struct j6_request *request)
{
    return j6_handle_duplicate(terminal.shown, SEND | PASSED_ON, 0, &request->answer_handle);
}

/* All watch with the same event: the first handle is kept. */
static j6_status_t serve_watch(struct j6_request *request)
{
    if (terminal.event == j6_handle_none) {
        terminal.event = request->handle;
        request->handle = j6_handle_none;
    }
    return j6_status_ok;
}

static j6_status_t serve_look(struct j6_request *request)
{
    const struct terminal_state state = {.columns = terminal.columns, .rows = 24};
    memcpy(request->answer, &state, sizeof(state));
    return j6_status_ok;
}

static j6_status_t serve_nothing(struct j6_request *request)
{
    (void)request;
    return j6_status_ok;
}

static int64_t serve(void *argument)
{
    static const struct j6_method methods[] = {
        {.code = terminal_code_open, .serve = serve_open},
        {.code = terminal_code_input, .serve = serve_input},
        {.code = terminal_code_output, .serve = serve_output},
        {.code = terminal_code_watch, .has_handle = true, .serve = serve_watch},
        {.code = terminal_code_look, .serve = serve_look},
        {.code = terminal_code_set_mode, .serve = serve_nothing},
        {.code = terminal_code_foreground, .serve = serve_nothing},
    };
    const struct j6_server server = {.endpoint = terminal.endpoint,
                                     .methods = methods,
                                     .count = sizeof(methods) / sizeof(methods[0]),
                                     .context = argument};
    return (int64_t)j6_serve(&server);
}

static struct shell_test *begin(void)
{
    static const char *const arguments[] = {NULL};
    struct shell_test *shell = shell_begin();
    terminal.typed = channel_new();
    terminal.shown = channel_new();
    terminal.columns = 80;
    terminal.event = j6_handle_none;
    expect_ok(j6_endpoint_create(0, 1, 0, &terminal.endpoint));
    expect_ok(j6_thread_run(&terminal.thread, serve, NULL, 16 * PAGE));
    shell->terminal = terminal.endpoint;
    shell_start(shell, arguments);
    return shell;
}

static void end(struct shell_test *shell)
{
    shell_finish(shell);
    expect_ok(j6_object_close(terminal.endpoint));
    expect_ok(j6_thread_join(&terminal.thread, NULL));
    expect_ok(j6_handle_close(terminal.endpoint));
    expect_ok(j6_handle_close(terminal.typed));
    expect_ok(j6_handle_close(terminal.shown));
    expect_ok(j6_handle_close(terminal.event));
    shell_end(shell);
}

/* The shell draws exactly that, next. */
#define expect_drawn(text) drawn_is(text, TEST_HERE)

static void drawn_is(const char *wanted, struct test_place place)
{
    char text[128] = {0};
    uint64_t got = 0;
    while (got < strlen(wanted) && !test_has_failed()) {
        uint64_t len = strlen(wanted) - got;
        expect_ok(j6_channel_receive(terminal.shown, &len, text + got, now() + PATIENCE));
        got += len;
    }
    test_expect(strcmp(text, wanted) == 0, wanted, place);
}

#define PROMPT "\r\033[J\033[1;32m/\033[0m > "

/* ---- tests ---------------------------------------------------------------------------------------- */

SYSTEM_TEST(the_edited_line_is_drawn_again_when_the_terminal_was_disturbed_or_resized)
{
    struct shell_test *shell = begin();
    expect_drawn(PROMPT);
    send_text(terminal.typed, "abc");
    expect_drawn("abc");
    expect_ok(j6_object_signal(terminal.event, 0, terminal_disturbed));
    expect_drawn(PROMPT "abc");
    terminal.columns = 5;
    expect_ok(j6_object_signal(terminal.event, 0, terminal_resized));
    expect_drawn(PROMPT "a\r\nbc");
    /* It is no longer where it was: behind what was shown, and not a row above the cursor. */
    expect_ok(j6_object_signal(terminal.event, 0, terminal_disturbed));
    expect_drawn(PROMPT "a\r\nbc");
    terminal.columns = 80;
    expect_ok(j6_object_signal(terminal.event, 0, terminal_resized));
    expect_drawn("\033[1A" PROMPT "abc");
    send_text(terminal.typed, "\x15\x04");
    expect_drawn(PROMPT "\r\n");
    end(shell);
    expect_equal(0, shell->status);
}

/* Shows all sorts of things, and then that. */
static void await_drawn(const char *wanted)
{
    char byte;
    size_t matched = 0;
    while (wanted[matched] != '\0' && !test_has_failed()) {
        uint64_t len = 1;
        expect_ok(j6_channel_receive(terminal.shown, &len, &byte, now() + PATIENCE));
        matched = byte == wanted[matched] ? matched + 1 : byte == wanted[0];
    }
}

SYSTEM_TEST(ctrl_c_reaches_no_job_in_the_background)
{
    struct shell_test *shell = begin();
    send_text(terminal.typed, "{ while [ ! -e /tmp/go ]; do sleep 0.01; done; echo la''te; } &\r");
    await_drawn("[1] ");
    send_text(terminal.typed, "echo be''gun; while true; do sleep 0.01; done\r");
    await_drawn("begun\n");
    expect_ok(j6_object_signal(terminal.event, 0, terminal_interrupt));
    await_drawn("\033[1;31m/\033[0m > ");
    send_text(terminal.typed, ": > /tmp/go; wait\r");
    await_drawn("late\n");
    await_drawn("\033[1;32m/\033[0m > ");
    send_text(terminal.typed, "\x04");
    end(shell);
}
