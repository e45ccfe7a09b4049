/* SPDX-License-Identifier: MIT */
/* The channels of jobs that are typed to. What a reader leaves is received here, and typed to the next one. */
#include "drivers/console/input.h"

enum { CTRL_D = 0x04 };

static void unwatch(struct terminal *terminal, struct job *job)
{
    if (job->input_is_watched) {
        driver_unwatch(&terminal->driver, &job->input);
        job->input_is_watched = false;
    }
}

/* Something was read, or more is asked for: what the terminal does next looks which. */
static void serve_reading(void *context, uint64_t signals)
{
    struct terminal *terminal = context;
    (void)signals;
    for (size_t i = 0; i < JOBS_MAX; i++) {
        unwatch(terminal, &terminal->jobs[i]);
    }
}

bool input_has(const struct job *job, uint64_t signal)
{
    uint64_t signals;
    return job->input.object != j6_handle_none &&
           j6_object_wait(job->input.object, signal, &signals, j6_deadline_poll) == j6_status_ok;
}

void input_watch(struct terminal *terminal, struct job *job, uint64_t signal)
{
    job->input.mask = signal;
    job->input_is_watched = driver_watch(&terminal->driver, &job->input) == j6_status_ok;
}

j6_status_t input_open(struct terminal *terminal, struct job *job)
{
    j6_handle_t channel;
    if (job->input.object != j6_handle_none) {
        return j6_status_ok;
    }
    j6_status_t status = j6_channel_create(0, &channel);
    if (status != j6_status_ok) {
        return status;
    }
    job->input =
        (struct driver_watch){.object = channel, .serve = serve_reading, .context = terminal};
    return j6_object_koid(channel, &job->input_koid);
}

void input_close(struct terminal *terminal, struct job *job)
{
    if (job->input.object == j6_handle_none) {
        return;
    }
    unwatch(terminal, job);
    j6_handle_close(job->input.object);
    job->input.object = j6_handle_none;
}

/* When there is no room any more, it is watched until there is some. */
void input_pass_on(struct terminal *terminal, struct job *job)
{
    struct bytes *ready = &terminal->ready;
    while (ready->len > 0 && job->input.object != j6_handle_none && !job->input_is_watched) {
        uint64_t len = ready->len;
        if (j6_channel_send(job->input.object, &len, bytes_front(ready), j6_deadline_poll) ==
            j6_status_ok) {
            bytes_drop(ready, len);
        } else {
            input_watch(terminal, job, j6_signal_channel_can_send);
            return;
        }
    }
}

/* ---- what was not read ---------------------------------------------------------------------- */

static void give_back(struct bytes *bytes, const void *data, size_t len)
{
    size_t fits = len < bytes_room(bytes) ? len : bytes_room(bytes);
    memcpy(bytes_open_front(bytes, fits), data, fits);
}

/* An end that nobody has found is typed again, behind what is taken back after this. */
void input_take_end_back(struct terminal *terminal)
{
    const uint8_t end = CTRL_D;
    if (terminal->end_is_due) {
        give_back(&terminal->again, &end, 1);
        terminal->echoed++;
        terminal->end_is_due = false;
    }
}

/* Of so many bytes in front of all that is typed again the last ones were typed for a job without lines. */
static void count_echoed(struct terminal *terminal, size_t len)
{
    size_t raw = len < terminal->raw ? len : terminal->raw;
    terminal->echoed = len - raw + (raw > 0 ? 0 : terminal->echoed);
}

/*
 * What was typed in lines stays lines. Other bytes are typed again: nobody has decided yet what they mean. All
 * of that together was ready once, so there is room for it. Where there is nothing, nothing is asked for: who
 * wants input is the reader.
 */
void input_take_back(struct terminal *terminal, struct job *job)
{
    static uint8_t unread[CHANNEL_SIZE];
    size_t total = 0;
    uint64_t len = sizeof(unread);
    while (len > 0 && input_has(job, j6_signal_channel_can_recv) &&
           j6_channel_receive(job->input.object, &len, unread + total, j6_deadline_poll) ==
               j6_status_ok) {
        total += len;
        len = sizeof(unread) - total;
    }
    unwatch(terminal, job);
    input_take_end_back(terminal);
    struct bytes *to = &terminal->ready;
    if ((job->mode & terminal_mode_lines) == 0) {
        to = &terminal->again;
        count_echoed(terminal, total + terminal->ready.len);
        give_back(to, bytes_front(&terminal->ready), terminal->ready.len);
        bytes_drop(&terminal->ready, terminal->ready.len);
    }
    give_back(to, unread, total);
    terminal->raw = 0;
}
