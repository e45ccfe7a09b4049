/* SPDX-License-Identifier: MIT */
/* From the line through the discipline to the job that is being typed to. */
#include "drivers/console/input.h"

enum { CTRL_C = 0x03 };

static uint8_t again_memory[KEPT_MAX];
static uint8_t ready_memory[KEPT_MAX];

void input_init(struct terminal *terminal)
{
    terminal->again = (struct bytes){.memory = again_memory, .cap = KEPT_MAX};
    terminal->ready = (struct bytes){.memory = ready_memory, .cap = KEPT_MAX};
}

/* ---- dropping ------------------------------------------------------------------------------- */

/* All that was taken from the line and not read. */
static void drop_typed(struct terminal *terminal)
{
    if (terminal->foreground != NULL) {
        input_take_back(terminal, terminal->foreground);
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
        input_take_back(terminal, job);
    }
    if (terminal->foreground == job && (job->mode & ~mode & terminal_mode_lines) != 0) {
        input_take_end_back(terminal);
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
        input_take_back(terminal, before);
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
        input_watch(terminal, job, j6_signal_channel_wanted);
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
        input_pass_on(terminal, terminal->foreground);
        end_if_due(terminal);
        if (!may_type(terminal)) {
            look_for_interrupt(terminal);
        }
    } while (type_all(terminal));
}
