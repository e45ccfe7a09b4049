/* SPDX-License-Identifier: MIT */
#include "userland/shell/terminal.h"
#include <proto/names.h>
#include <proto/terminal.h>

enum { COLUMNS = 80 };

static const uint64_t news = terminal_resized | terminal_disturbed;

static const uint64_t modes[] = {
    [keys_are_edited] = terminal_mode_newline,
    [keys_wait] = terminal_mode_newline | terminal_mode_interrupt,
    [keys_are_lines] = terminal_mode_usual,
};

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

/* Keys go to the editor before any comes: what was typed earlier waits until there is a foreground. */
static j6_status_t open_own(struct terminal *terminal, j6_handle_t service,
                            struct terminal_channels *out_channels)
{
    struct terminal_open_answer answer;
    struct terminal_channels channels = {0, 0};
    j6_handle_t own;
    j6_status_t status = terminal_open(service, 0, &answer, &own);
    if (status != j6_status_ok) {
        return status;
    }
    status = terminal_input(own, &channels.input);
    if (status == j6_status_ok) {
        status = terminal_output(own, &channels.output);
    }
    if (status == j6_status_ok) {
        status = terminal_set_mode(own, modes[keys_are_edited]);
    }
    if (status == j6_status_ok) {
        status = terminal_foreground(service, answer.id);
    }
    if (status != j6_status_ok) {
        if (channels.input != j6_handle_none) {
            j6_handle_close(channels.input);
        }
        if (channels.output != j6_handle_none) {
            j6_handle_close(channels.output);
        }
        j6_handle_close(own);
        return status;
    }
    terminal->own = own;
    *out_channels = channels;
    watch(terminal, own, terminal_interrupt | news);
    return j6_status_ok;
}

/* By its name, from the service that takes the place of one that has died, whenever that comes. */
static bool find_own(struct terminal *terminal, struct terminal_channels *out_channels)
{
    const j6_time_t pause = 1000000000;
    j6_handle_t names = j6_find("names");
    j6_status_t status = names != j6_handle_none ? j6_status_closed : j6_err_denied;
    while (status == j6_status_closed || status == j6_err_not_found) {
        j6_handle_t service;
        if (status == j6_err_not_found) { /* it was given up: until somebody restarts it */
            j6_time_t now = 0;
            j6_clock(&now);
            j6_thread_sleep(now + pause);
        }
        status = names_wait(names, "terminal", j6_deadline_never, &service);
        if (status == j6_status_ok) {
            status = open_own(terminal, service, out_channels);
            j6_handle_close(service);
        }
    }
    return status == j6_status_ok;
}

bool terminal_begin(struct terminal *terminal, bool for_person,
                    struct terminal_channels *out_channels)
{
    j6_handle_t given = for_person ? j6_find("terminal") : j6_handle_none;
    j6_handle_t interrupt = j6_find("interrupt");
    *terminal = (struct terminal){.own = j6_handle_none, .interrupt = interrupt};
    if (given == j6_handle_none || j6_event_create(0, &terminal->interrupt) != j6_status_ok) {
        return false;
    }
    j6_status_t status = open_own(terminal, given, out_channels);
    if (status == j6_status_ok ||
        (status == j6_status_closed && find_own(terminal, out_channels))) {
        return true;
    }
    j6_handle_close(terminal->interrupt);
    terminal->interrupt = interrupt;
    return false;
}

/* The answer to a request says it for sure: what belongs to a process that dies closes one after the other. */
bool terminal_again(struct terminal *terminal, struct terminal_channels *out_channels)
{
    struct terminal_state state;
    if (terminal->own == j6_handle_none ||
        terminal_look(terminal->own, &state) != j6_status_closed) {
        return false;
    }
    terminal_end(terminal);
    return find_own(terminal, out_channels);
}

void terminal_end(struct terminal *terminal)
{
    if (terminal->own != j6_handle_none) {
        j6_handle_close(terminal->own);
        terminal->own = j6_handle_none;
    }
}

void terminal_keys(struct terminal *terminal, enum terminal_keys keys)
{
    if (terminal->own != j6_handle_none) {
        j6_status_t status = terminal_set_mode(terminal->own, modes[keys]);
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

/*
 * Has somebody interrupted what runs? A terminal that has gone counts as that, and whoever looks at the event sees it:
 * nobody could interrupt any more.
 */
static bool is_interrupted(const struct terminal *terminal, uint64_t event, uint64_t own)
{
    if (own & j6_signal_closed) {
        j6_object_signal(terminal->interrupt, 0, terminal_interrupt);
    }
    return (event & terminal_interrupt) || (own & j6_signal_closed);
}

j6_status_t terminal_wait(struct terminal *terminal, j6_handle_t object, uint64_t mask,
                          j6_time_t deadline)
{
    if (terminal->interrupt == j6_handle_none) {
        return j6_object_wait(object, mask, NULL, deadline);
    }
    struct j6_wait_item items[] = {{object, mask, 0},
                                   {terminal->interrupt, terminal_interrupt, 0},
                                   {terminal->own, j6_signal_closed, 0}};
    j6_status_t status =
        j6_object_wait_many(items, terminal->own != j6_handle_none ? 3 : 2, deadline);
    return is_interrupted(terminal, items[1].signals, items[2].signals) ? j6_status_cancelled
                                                                        : status;
}

bool terminal_is_interrupted(struct terminal *terminal)
{
    struct j6_wait_item items[] = {{terminal->interrupt, terminal_interrupt, 0},
                                   {terminal->own, j6_signal_closed, 0}};
    return terminal->interrupt != j6_handle_none &&
           j6_object_wait_many(items, terminal->own != j6_handle_none ? 2 : 1, j6_deadline_poll) ==
               j6_status_ok &&
           is_interrupted(terminal, items[0].signals, items[1].signals);
}

void terminal_interrupt_clear(struct terminal *terminal)
{
    if (terminal->own != j6_handle_none && terminal->interrupt != j6_handle_none) {
        j6_object_signal(terminal->interrupt, terminal_interrupt, 0);
    }
}
