/* SPDX-License-Identifier: MIT */
/* Terminals: what one client does, others don't suffer from, whether it is careless or means it. */
#include "userland/test/main/console_loop.h"
#include "userland/test/main/look.h"

enum { JOBS = 64, REQUESTS = 200 };

/* ---- threads that never end ----------------------------------------------------------------- */

struct pest {
    struct j6_thread thread;
    const struct console_job *job;
    uint32_t rounds;
    uint32_t stop;
};

static void pest_start(struct pest *pest, const struct console_job *job, int64_t (*run)(void *arg))
{
    *pest = (struct pest){.job = job};
    expect_ok(j6_thread_run(&pest->thread, run, pest, 4 * PAGE));
    expect_soon(__atomic_load_n(&pest->rounds, __ATOMIC_RELAXED) > 0);
}

static void pest_end(struct pest *pest)
{
    __atomic_store_n(&pest->stop, 1, __ATOMIC_RELAXED);
    expect_ok(j6_thread_join(&pest->thread, NULL));
}

static bool goes_on(struct pest *pest)
{
    __atomic_add_fetch(&pest->rounds, 1, __ATOMIC_RELAXED);
    return __atomic_load_n(&pest->stop, __ATOMIC_RELAXED) == 0;
}

static int64_t write_without_end(void *arg)
{
    static const char lines[] = "line\nline\nline\nline\nline\nline\nline\nline\n";
    struct pest *pest = arg;
    do {
        uint64_t len = sizeof(lines) - 1;
        (void)j6_channel_send(pest->job->output, &len, lines, j6_deadline_poll);
    } while (goes_on(pest));
    return 0;
}

static int64_t ask_without_end(void *arg)
{
    struct terminal_state state;
    struct pest *pest = arg;
    do {
        expect_ok(j6_endpoint_notify(pest->job->job, 1));
        expect_ok(terminal_look(pest->job->job, &state));
        expect_ok(terminal_discard(pest->job->job, terminal_discard_output));
    } while (goes_on(pest));
    return 0;
}

/* Somebody else's requests, again and again. */
static void expect_served(const struct console_job *job)
{
    struct terminal_state state;
    for (int i = 0; i < REQUESTS; i++) {
        expect_ok(terminal_look(job->job, &state));
        expect_ok(terminal_set_mode(job->job, state.mode));
    }
}

/* ---- writers -------------------------------------------------------------------------------- */

static void expect_writers_hold_up_nobody(uint8_t lines)
{
    struct pest pest;
    struct console_job *shell = loop_shell(0);
    struct console_job *other = loop_job(shell->job, 0);
    loop_lines(shell, lines);
    pest_start(&pest, other, write_without_end);
    expect_served(shell);
    pest_end(&pest);
}

LOOP_TEST(jobs_that_write_to_a_line_that_stands_still_hold_up_nobody)
{
    expect_writers_hold_up_nobody(LOOP_STOPPED);
}

/* It is never full then: all that is written at once goes nowhere at once. */
LOOP_TEST(jobs_that_write_to_a_line_that_was_hung_up_hold_up_nobody)
{
    expect_writers_hold_up_nobody(LOOP_HUNG_UP);
}

/* ---- requests ------------------------------------------------------------------------------- */

LOOP_TEST(a_client_that_asks_without_end_holds_up_nobody)
{
    struct pest pest;
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *other = loop_job(shell->job, 0);
    pest_start(&pest, other, ask_without_end);
    expect_served(shell);
    console_write(shell->output, "typed\n");
    expect_input(shell->input, "typed\n");
    pest_end(&pest);
}

/* All that there are, by a command: its shell has some left, and whoever opened that. */
LOOP_TEST(a_command_that_opens_jobs_without_end_leaves_some_to_its_shell)
{
    static j6_handle_t jobs[JOBS];
    struct terminal_open_answer answer;
    j6_handle_t more[2];
    j6_status_t status = j6_status_ok;
    size_t count = 0;
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *command = loop_command(shell->job, QUIET_LINES);
    while (count < JOBS &&
           (status = terminal_open(command->job, 0, &answer, &jobs[count])) == j6_status_ok) {
        count++;
    }
    expect_status(j6_err_quota, status);
    expect_ok(terminal_open(shell->job, 0, &answer, &more[0]));
    expect_ok(terminal_open(loop_console.terminal, 0, &answer, &more[1]));
    expect_status(j6_err_quota, terminal_open(command->job, 0, &answer, &jobs[0]));
    for (size_t i = 0; i < count; i++) {
        expect_ok(j6_handle_close(jobs[i]));
    }
    expect_soon(terminal_open(command->job, 0, &answer, &jobs[0]) == j6_status_ok);
    expect_ok(j6_handle_close(jobs[0]));
    expect_ok(j6_handle_close(more[0]));
    expect_ok(j6_handle_close(more[1]));
}

static bool is_documented(j6_status_t status)
{
    return status == j6_status_ok || status == j6_err_nyi || status == j6_err_invalid_arg ||
           status == j6_err_not_found || status == j6_err_denied || status == j6_err_quota ||
           status == j6_err_out_of_range;
}

/* One of everything: a request with what doesn't belong there. */
static void ask_nonsense(j6_handle_t job, uint64_t code, uint64_t field, size_t len,
                         bool has_handle)
{
    char data[8] = "data";
    j6_handle_t handle = has_handle ? event_new() : j6_handle_none;
    j6_handle_t got = j6_handle_none;
    struct j6_message message = {.data = data,
                                 .len = len,
                                 .cap = sizeof(data),
                                 .handles = has_handle ? &handle : &got,
                                 .handle_count = has_handle,
                                 .handle_cap = 1};
    struct j6_call call = {.tag = code, .word = {field, field, field, field}, .message = &message};
    j6_status_t status = j6_endpoint_call(job, &call, j6_deadline_never);
    expect(is_documented(status == j6_status_ok ? j6_status_of_tag(call.tag) : status));
    if (status != j6_status_ok || call.handles > 0) {
        j6_handle_close(*message.handles);
    }
}

LOOP_TEST(a_terminal_answers_whatever_it_is_asked_and_goes_on)
{
    static const uint64_t fields[] = {0, 1, 1ull << 63, ~0ull};
    struct console_job *shell = loop_shell(QUIET_LINES);
    struct console_job *other = loop_job(shell->job, 0);
    for (uint64_t code = 0; code < terminal_code_discard + 3; code++) {
        for (int i = 0; i < 4; i++) {
            ask_nonsense(other->job, code, fields[i], 0, false);
            ask_nonsense(other->job, code, fields[i], 0, true);
            ask_nonsense(other->job, code, fields[i], 1, false);
        }
    }
    console_write(shell->output, "typed\n");
    expect_input(shell->input, "typed\n");
}
