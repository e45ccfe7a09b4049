/* SPDX-License-Identifier: MIT */
#include "userland/shell/terminal.h"
#include <proto/terminal.h>

enum { COLUMNS = 80 };

static const uint64_t news = terminal_resized | terminal_disturbed;

/* An event that jobs signal; the shell's own handle stays. */
static void watch(const struct terminal *terminal, j6_handle_t job, uint64_t signals)
{
    j6_handle_t copy;
    if (j6_handle_duplicate(terminal->interrupt, j6_right_signal | j6_right_transfer, 0, &copy) ==
            j6_status_ok &&
        terminal_watch(job, copy, signals) != j6_status_ok) {
        j6_handle_close(copy); /* it may have gone with the request: then this does nothing */
    }
}

void terminal_begin(struct terminal *terminal, bool for_person, j6_handle_t *out_input,
                    j6_handle_t *out_output)
{
    struct terminal_open_answer answer;
    j6_handle_t given = for_person ? j6_find("terminal") : j6_handle_none;
    terminal->interrupt = j6_find("interrupt");
    if (given == j6_handle_none ||
        terminal_open(given, terminal_open_foreground, &answer, &terminal->own) != j6_status_ok) {
        terminal->own = j6_handle_none;
        return;
    }
    if (terminal_input(terminal->own, out_input) != j6_status_ok ||
        terminal_output(terminal->own, out_output) != j6_status_ok) {
        terminal_end(terminal);
        return;
    }
    if (j6_event_create(0, &terminal->interrupt) != j6_status_ok) {
        terminal->interrupt = j6_handle_none;
    }
    watch(terminal, terminal->own, terminal_interrupt | news);
}

void terminal_end(struct terminal *terminal)
{
    if (terminal->own != j6_handle_none) {
        j6_handle_close(terminal->own);
        terminal->own = j6_handle_none;
    }
}

void terminal_keys(struct terminal *terminal, bool one_by_one)
{
    if (terminal->own != j6_handle_none) {
        uint64_t mode = one_by_one ? terminal_mode_newline : terminal_mode_usual;
        j6_status_t status = terminal_set_mode(terminal->own, mode);
        (void)status; /* a terminal that has gone shows when it is read from */
    }
}

uint64_t terminal_await_key(struct terminal *terminal, j6_handle_t input)
{
    struct j6_wait_item items[] = {{terminal->interrupt, news, 0},
                                   {input, j6_signal_channel_can_recv | j6_signal_closed, 0}};
    if (terminal->own == j6_handle_none || terminal->interrupt == j6_handle_none ||
        j6_object_wait_many(items, 2, j6_deadline_never) != j6_status_ok) {
        return 0;
    }
    uint64_t seen = items[0].signals & news; /* what is set behind this comes once more */
    j6_object_signal(terminal->interrupt, seen, 0);
    return seen;
}

void terminal_forget_news(struct terminal *terminal)
{
    if (terminal->own != j6_handle_none && terminal->interrupt != j6_handle_none) {
        j6_object_signal(terminal->interrupt, news, 0);
    }
}

unsigned terminal_columns(struct terminal *terminal)
{
    struct terminal_state state;
    return terminal->own != j6_handle_none &&
                   terminal_look(terminal->own, &state) == j6_status_ok && state.columns != 0
               ? state.columns
               : COLUMNS;
}

struct terminal_job terminal_job_begin(struct terminal *terminal, bool foreground)
{
    struct terminal_job job = {0, 0, 0, 0};
    struct terminal_open_answer answer = {0};
    uint64_t flags = foreground ? terminal_open_foreground : 0;
    if (terminal->own == j6_handle_none ||
        terminal_open(terminal->own, flags, &answer, &job.handle) != j6_status_ok) {
        return (struct terminal_job){0, 0, 0, 0};
    }
    job.id = answer.id;
    if ((foreground && terminal_input(job.handle, &job.input) != j6_status_ok) ||
        terminal_output(job.handle, &job.output) != j6_status_ok) {
        terminal_job_end(terminal, &job);
        return (struct terminal_job){0, 0, 0, 0};
    }
    watch(terminal, job.handle, terminal_interrupt);
    return job;
}

void terminal_job_to_front(struct terminal *terminal, const struct terminal_job *job)
{
    if (job->handle != j6_handle_none) {
        j6_status_t status = terminal_foreground(terminal->own, job->id);
        (void)status; /* it has ended meanwhile */
    }
}

void terminal_job_close_channels(struct terminal_job *job)
{
    if (job->input != j6_handle_none) {
        j6_handle_close(job->input);
    }
    if (job->output != j6_handle_none) {
        j6_handle_close(job->output);
    }
    job->input = job->output = j6_handle_none;
}

void terminal_job_end(struct terminal *terminal, struct terminal_job *job)
{
    terminal_job_close_channels(job);
    if (job->handle != j6_handle_none) {
        j6_status_t status = terminal_foreground(terminal->own, 0);
        (void)status; /* it has been so before, if the job wasn't the foreground */
        j6_handle_close(job->handle);
    }
    *job = (struct terminal_job){0, 0, 0, 0};
}

j6_status_t terminal_wait(struct terminal *terminal, j6_handle_t object, uint64_t mask,
                          j6_time_t deadline)
{
    if (terminal->interrupt == j6_handle_none) {
        return j6_object_wait(object, mask, NULL, deadline);
    }
    struct j6_wait_item items[] = {{terminal->interrupt, terminal_interrupt, 0}, {object, mask, 0}};
    j6_status_t status = j6_object_wait_many(items, 2, deadline);
    bool interrupted = items[0].signals & terminal_interrupt;
    return interrupted ? j6_status_cancelled : status;
}

bool terminal_is_interrupted(struct terminal *terminal)
{
    return j6_object_wait(terminal->interrupt, terminal_interrupt, NULL, j6_deadline_poll) ==
           j6_status_ok;
}

void terminal_interrupt_clear(struct terminal *terminal)
{
    if (terminal->own != j6_handle_none && terminal->interrupt != j6_handle_none) {
        j6_object_signal(terminal->interrupt, terminal_interrupt, 0);
    }
}
