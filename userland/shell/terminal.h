/* SPDX-License-Identifier: MIT */
/*
 * The shell's terminal, with a job there for each command that it runs (<proto/terminal.h>). Where there is none,
 * each function does nothing, or says what it tells.
 */
#pragma once
#include <j6/j6.h>

struct terminal {
    j6_handle_t own; /* the shell's own job; 0: there is no terminal */
    /* An event, with terminal_interrupt set by Ctrl-C, and what the own job is told besides; 0: nobody can. */
    j6_handle_t interrupt;
};

/* The job of a command; all 0 without a terminal. */
struct terminal_job {
    j6_handle_t handle;
    j6_handle_t input;
    j6_handle_t output;
    uint64_t id;
};

/* The channels of the shell's own job. */
struct terminal_channels {
    j6_handle_t input;
    j6_handle_t output;
};

/*
 * Takes what the role `interrupt` gives, or, for a person's shell, makes a job of its own by the role `terminal`, and
 * tells its channels. False: it has none.
 */
bool terminal_begin(struct terminal *terminal, bool for_person,
                    struct terminal_channels *out_channels);
void terminal_end(struct terminal *terminal);

/*
 * The input has ended. If that is because the terminal itself has gone: waits for the one that takes its place, by
 * the role `names`, and makes a job there. False: it hasn't, or nobody can find another.
 */
bool terminal_again(struct terminal *terminal, struct terminal_channels *out_channels);

/*
 * What becomes of keys that are typed to the shell itself. While it runs commands, only Ctrl-C means something: what the
 * others mean is decided by who reads them, which may be a command, the editor, or a builtin that takes lines.
 */
enum terminal_keys { keys_are_edited, keys_wait, keys_are_lines };
void terminal_keys(struct terminal *terminal, enum terminal_keys keys);

/*
 * Waits until something was typed, or the line that is edited has to be drawn again: tells terminal_resized and
 * terminal_disturbed, or 0.
 */
uint64_t terminal_await_key(struct terminal *terminal, j6_handle_t input);

/* Such news from before a line is drawn are none. */
void terminal_forget_news(struct terminal *terminal);

/* 80 where nobody knows. */
unsigned terminal_columns(struct terminal *terminal);

struct terminal_job terminal_job_begin(struct terminal *terminal, bool foreground);
void terminal_job_to_front(struct terminal *terminal, const struct terminal_job *job);

/* The shell's own job is the foreground again. */
void terminal_job_end(struct terminal *terminal, struct terminal_job *job);

/* Its channels, once the programs have them. */
void terminal_job_close_channels(struct terminal_job *job);

/*
 * Something is ready at `object`, or Ctrl-C was typed, or nobody can type it any more since the terminal has gone:
 * then the status is cancelled. Else what object_wait says.
 */
j6_status_t terminal_wait(struct terminal *terminal, j6_handle_t object, uint64_t mask,
                          j6_time_t deadline);
bool terminal_is_interrupted(struct terminal *terminal);
void terminal_interrupt_clear(struct terminal *terminal);
