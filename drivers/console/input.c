/* SPDX-License-Identifier: MIT */
/*
 * From the line to the job that is being typed to. The terminal keeps a handle that can receive for each input,
 * so what nobody has read can be taken back.
 */
#include "drivers/console/terminal.h"

enum { CTRL_C = 0x03, CTRL_D = 0x04 };

static uint8_t again_memory[KEPT_MAX];
static uint8_t ready_memory[KEPT_MAX];

void input_init(struct terminal *terminal)
{
    terminal->again = (struct bytes){.memory = again_memory, .cap = KEPT_MAX};
    terminal->ready = (struct bytes){.memory = ready_memory, .cap = KEPT_MAX};
}

/* ---- channels ------------------------------------------------------------------------------- */

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

static bool input_has(const struct job *job, uint64_t signal)
{
    uint64_t signals;
    return job->input.object != j6_handle_none &&
           j6_object_wait(job->input.object, signal, &signals, j6_deadline_poll) == j6_status_ok;
}

static void watch(struct terminal *terminal, struct job *job, uint64_t signal)
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
static void pass_on_ready(struct terminal *terminal, struct job *job)
{
    struct bytes *ready = &terminal->ready;
    while (ready->len > 0 && job->input.object != j6_handle_none && !job->input_is_watched) {
        uint64_t len = ready->len;
        if (j6_channel_send(job->input.object, &len, bytes_front(ready), j6_deadline_poll) ==
            j6_status_ok) {
            bytes_drop(ready, len);
        } else {
            watch(terminal, job, j6_signal_channel_can_send);
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
static void take_end_back(struct terminal *terminal)
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
static void take_back(struct terminal *terminal, struct job *job)
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
    take_end_back(terminal);
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

/* All that was taken from the line and not read. */
static void drop_typed(struct terminal *terminal)
{
    if (terminal->foreground != NULL) {
        take_back(terminal, terminal->foreground);
    }
    bytes_drop(&terminal->ready, terminal->ready.len);
    bytes_drop(&terminal->again, terminal->again.len);
    discipline_next(&terminal->discipline);
    terminal->end_is_due = false;
    terminal->echoed = 0;
}

void input_discard(struct terminal *terminal)
{
    drop_typed(terminal);
    terminal->uart.received.taken = terminal->uart.received.put;
}

/* ---- the foreground ------------------------------------------------------------------------- */

static void make_ready(struct terminal *terminal)
{
    bytes_put(&terminal->ready, terminal->discipline.line, terminal->discipline.len);
    discipline_next(&terminal->discipline);
}

/*
 * Bytes that a job hasn't read become lines when it wants lines: they are typed again. An end becomes a byte like
 * any other when it doesn't want lines any more.
 */
void input_set_mode(struct terminal *terminal, struct job *job, uint32_t mode)
{
    if (terminal->foreground == job && (mode & ~job->mode & terminal_mode_lines) != 0) {
        take_back(terminal, job);
    }
    if (terminal->foreground == job && (job->mode & ~mode & terminal_mode_lines) != 0) {
        take_end_back(terminal);
    }
    job->mode = mode;
    if (terminal->foreground == job && discipline_set_mode(&terminal->discipline, mode)) {
        make_ready(terminal);
    }
}

void input_set_foreground(struct terminal *terminal, struct job *job)
{
    struct job *before = terminal->foreground;
    if (job == before) {
        return;
    }
    if (before != NULL) {
        take_back(terminal, before);
    }
    terminal->foreground = job;
    if (job != NULL) {
        input_set_mode(terminal, job, job->mode);
    }
}

/* ---- what is typed -------------------------------------------------------------------------- */

static void interrupt(struct terminal *terminal)
{
    drop_typed(terminal);
    output_discard(terminal, terminal->foreground);
    job_signal(terminal->foreground, terminal_interrupt);
}

static void type(struct terminal *terminal, uint8_t byte)
{
    struct echo echo;
    bool echoed = terminal->echoed > 0;
    terminal->echoed -= echoed;
    terminal->raw += !echoed && (terminal->discipline.mode & terminal_mode_lines) == 0;
    echo.len = 0;
    enum typed typed = discipline_type(&terminal->discipline, byte, terminal->shown.column, &echo);
    if (typed == TYPED_INTERRUPT) {
        interrupt(terminal);
    } else if (typed == TYPED_BYTES) {
        make_ready(terminal);
    } else if (typed == TYPED_END) {
        terminal->end_is_due = true;
    }
    if (!echoed) {
        output_echo(terminal, &echo);
    }
}

static bool may_type(const struct terminal *terminal)
{
    return terminal->ready.len < READY_MAX && !terminal->end_is_due &&
           ring_room(&terminal->uart.to_send) >= ECHO_MAX;
}

static bool take_byte(struct terminal *terminal, uint8_t *out_byte)
{
    if (terminal->again.len > 0) {
        *out_byte = *bytes_front(&terminal->again);
        bytes_drop(&terminal->again, 1);
        return true;
    }
    if (ring_count(&terminal->uart.received) == 0) {
        return false;
    }
    *out_byte = ring_take(&terminal->uart.received);
    return true;
}

/* A reader that takes nothing can be interrupted all the same: Ctrl-C drops what is before it anyway. */
static void look_for_interrupt(struct terminal *terminal)
{
    const struct ring *received = &terminal->uart.received;
    if ((terminal->foreground->mode & terminal_mode_interrupt) == 0) {
        return;
    }
    for (uint32_t at = received->taken; at != received->put; at++) {
        if (received->bytes[at % RING_SIZE] == CTRL_C) {
            terminal->uart.received.taken = at;
            drop_typed(terminal);
            return;
        }
    }
}

/* A job finds the end when it has read what is before, and asks for more: until then both can be taken back. */
static void end_if_due(struct terminal *terminal)
{
    struct job *job = terminal->foreground;
    if (!terminal->end_is_due || terminal->ready.len > 0 || job->input.object == j6_handle_none) {
        return;
    }
    if (input_has(job, j6_signal_channel_wanted)) {
        terminal->end_is_due = false;
        input_close(terminal, job);
    } else if (!job->input_is_watched) {
        watch(terminal, job, j6_signal_channel_wanted);
    }
}

static bool type_all(struct terminal *terminal)
{
    uint8_t byte;
    bool any = false;
    while (may_type(terminal) && take_byte(terminal, &byte)) {
        type(terminal, byte);
        any = true;
    }
    return any;
}

void input_work(struct terminal *terminal)
{
    if (terminal->foreground == NULL) {
        return;
    }
    do {
        pass_on_ready(terminal, terminal->foreground);
        end_if_due(terminal);
        if (!may_type(terminal)) {
            look_for_interrupt(terminal);
        }
    } while (type_all(terminal));
}
