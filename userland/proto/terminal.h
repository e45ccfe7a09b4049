/* SPDX-License-Identifier: MIT */
/*
 * Terminals: a keyboard and a screen at which somebody sits, here at the end of a serial line.
 *
 * Who uses a terminal does so in a *job*: a shell is one, and so is each command that it runs. A job
 * is a handle, made by terminal_open, passed on like any other (role `terminal`), with a mode of its
 * own, a channel that gives what is typed (role `stdin`) and one that takes what is shown (`stdout`,
 * `stderr`). It ends when the last handle to it has gone, however its programs ended.
 *
 *   terminal ──> shell ──> ls | sort
 *                      ──> a job in the background
 *
 * One job, the *foreground*, is being typed to. It may put a job that comes from it in its place, and
 * may have the place back at any time; when the foreground ends, the one that it came from has it
 * again. So a shell runs a command like this:
 *
 *   terminal_open(own, terminal_open_foreground, &answer, &job)
 *   terminal_watch(job, event, terminal_interrupt), and bind the event
 *   terminal_input(job, &input), terminal_output(job, &output)
 *   spawn with {stdin, input}, {stdout, output}, {stderr, output}, {terminal, job}; close the three
 *   … until the programs have ended; at terminal_interrupt, kill them
 *   terminal_foreground(own, 0)
 *
 * Rules for input: what was typed belongs to who reads it first. What a job hasn't read when it stops
 * being the foreground goes to the next one, whose mode it meets: so a program takes no more from its
 * input than it needs, if others shall have the rest. Ctrl-D ends the channel once its bytes have
 * been read and more is asked for (channel_receive: closed), and with it nothing else: terminal_input
 * gives the next one. When channels and requests are closed, the terminal itself has gone: open another
 * one.
 *
 * Rules for output: what a job in the background writes appears in whole lines, or when its channel
 * ends; the foreground's at once. Nothing is dropped but by terminal_discard, Ctrl-C and a hang-up: who
 * writes faster than the line waits at the channel.
 *
 * Errors of all calls: closed: the terminal, or the one that the handle is of, has gone; invalid_arg:
 * bits or numbers that there are not.
 */
#pragma once
#include <j6/protocol.h>

enum terminal_code {
    terminal_code_open = 32,
    terminal_code_input,
    terminal_code_output,
    terminal_code_watch,
    terminal_code_foreground,
    terminal_code_look,
    terminal_code_set_mode,
    terminal_code_set_size,
    terminal_code_drain,
    terminal_code_discard,
};

/* Signals that a job's events get: any number of times, until object_signal clears them. */
static const uint64_t terminal_interrupt = 1ull << 48; /* Ctrl-C, to the foreground */
static const uint64_t terminal_hang_up = 1ull << 49; /* nobody is there any more; input has ended */
static const uint64_t terminal_resized = 1ull << 50;
/* Something of others appeared amid the foreground's unfinished line: draw it again. Not in terminal_mode_lines. */
static const uint64_t terminal_disturbed = 1ull << 51;

/* How a job is typed to, and what it writes is shown. A new one has terminal_mode_usual; 0 is raw. */
enum terminal_mode {
    terminal_mode_lines = 1 << 0,     /* what is typed can be edited, and comes in lines */
    terminal_mode_echo = 1 << 1,      /* what is typed is shown */
    terminal_mode_interrupt = 1 << 2, /* Ctrl-C interrupts; else it is the byte 3 */
    terminal_mode_return = 1 << 3,    /* Return is a newline; else the byte 13 */
    terminal_mode_newline = 1 << 4,   /* a newline that is written also returns to the left */
    terminal_mode_usual = terminal_mode_lines | terminal_mode_echo | terminal_mode_interrupt |
                          terminal_mode_return | terminal_mode_newline,
};

/* ---- jobs ----------------------------------------------------------------------------------- */

enum {
    terminal_open_foreground = 1 << 0, /* it is the foreground at once */
};

struct terminal_open_request {
    uint64_t flags;
};

struct terminal_open_answer {
    uint64_t id; /* of the job, for terminal_foreground; never 0 */
};

/*
 * Makes a job, by the terminal itself or another job, from which it comes then. denied: the foreground
 * is neither who asks nor comes from it; quota: there are too many, but for some that are left to those that this
 * one comes from; no_memory.
 */
static inline j6_status_t terminal_open(j6_handle_t terminal, uint64_t flags,
                                        struct terminal_open_answer *out_answer,
                                        j6_handle_t *out_job)
{
    const struct terminal_open_request request = {flags};
    const struct j6_ask ask = {.code = terminal_code_open,
                               .fields = &request,
                               .size = sizeof(request),
                               .answer = out_answer,
                               .answer_size = sizeof(*out_answer),
                               .out_handle = out_job};
    return j6_ask(terminal, &ask, j6_deadline_never);
}

static inline j6_status_t terminal_ask_channel(j6_handle_t job, enum terminal_code code,
                                               j6_handle_t *out_channel)
{
    const struct j6_ask ask = {.code = code, .out_handle = out_channel};
    return j6_ask(job, &ask, j6_deadline_never);
}

/* The channel of what is typed, with the rights receive, wait, duplicate, transfer. quota, no_memory. */
static inline j6_status_t terminal_input(j6_handle_t job, j6_handle_t *out_channel)
{
    return terminal_ask_channel(job, terminal_code_input, out_channel);
}

/* The channel of what is shown, with send instead of receive; always the same one. quota, no_memory. */
static inline j6_status_t terminal_output(j6_handle_t job, j6_handle_t *out_channel)
{
    return terminal_ask_channel(job, terminal_code_output, out_channel);
}

struct terminal_number {
    uint64_t value;
};

static inline j6_status_t terminal_ask_number(j6_handle_t job, enum terminal_code code,
                                              uint64_t value, j6_handle_t handle)
{
    const struct terminal_number request = {value};
    const struct j6_ask ask = {
        .code = code, .fields = &request, .size = sizeof(request), .handle = handle};
    return j6_ask(job, &ask, j6_deadline_never);
}

/*
 * From now on the event gets those signals of the job; the handle, which has the right `signal`, goes. Who made
 * the job does that, and programs in it that want to know. quota: too many do; invalid_arg also: that is no event.
 */
static inline j6_status_t terminal_watch(j6_handle_t job, j6_handle_t event, uint64_t signals)
{
    return terminal_ask_number(job, terminal_code_watch, signals, event);
}

/*
 * Makes a job with that id, which comes from this one, the foreground; 0: this one itself. Comes back
 * when all that the foreground before has written is on its way. denied, as above; not_found: no such job comes
 * from this one; quota: too many calls of this job wait; closed, also: it has ended meanwhile.
 */
static inline j6_status_t terminal_foreground(j6_handle_t job, uint64_t id)
{
    return terminal_ask_number(job, terminal_code_foreground, id, j6_handle_none);
}

/* ---- what it is like ------------------------------------------------------------------------ */

enum {
    terminal_is_foreground = 1 << 0,
};

struct terminal_state {
    uint32_t mode; /* terminal_mode_… */
    uint32_t flags;
    uint32_t columns;
    uint32_t rows;
    j6_koid_t input;  /* of the job's channels, to tell them from others … */
    j6_koid_t output; /* … 0: nobody has asked for one yet */
};

static inline j6_status_t terminal_look(j6_handle_t job, struct terminal_state *out_state)
{
    const struct j6_ask ask = {
        .code = terminal_code_look, .answer = out_state, .answer_size = sizeof(*out_state)};
    return j6_ask(job, &ask, j6_deadline_never);
}

/*
 * Of this job. What was typed before in lines remains lines; other bytes that it hasn't read are typed again if it
 * wants lines now. bad_state: that is the terminal itself.
 */
static inline j6_status_t terminal_set_mode(j6_handle_t job, uint64_t mode)
{
    return terminal_ask_number(job, terminal_code_set_mode, mode, j6_handle_none);
}

struct terminal_size {
    uint32_t columns;
    uint32_t rows;
};

/* For all jobs: nobody but who looks at it knows how large it is; 80 by 24 until somebody says. */
static inline j6_status_t terminal_set_size(j6_handle_t job, uint32_t columns, uint32_t rows)
{
    const struct terminal_size request = {columns, rows};
    const struct j6_ask ask = {
        .code = terminal_code_set_size, .fields = &request, .size = sizeof(request)};
    return j6_ask(job, &ask, j6_deadline_never);
}

/* ---- what is under way ---------------------------------------------------------------------- */

/*
 * Comes back when all that the job has written so far is out on the line. bad_state; quota: too many calls of this job
 * wait; closed, also: it has ended meanwhile.
 */
static inline j6_status_t terminal_drain(j6_handle_t job)
{
    const struct j6_ask ask = {.code = terminal_code_drain};
    return j6_ask(job, &ask, j6_deadline_never);
}

enum {
    terminal_discard_input = 1 << 0,
    terminal_discard_output = 1 << 1,
};

/* Drops what was typed and not read, as the foreground alone may (denied), or written and not shown. bad_state. */
static inline j6_status_t terminal_discard(j6_handle_t job, uint64_t what)
{
    return terminal_ask_number(job, terminal_code_discard, what, j6_handle_none);
}
