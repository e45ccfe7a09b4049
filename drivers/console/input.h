/* SPDX-License-Identifier: MIT */
/*
 * A job's input as a channel (input_channel.c), for who types to it (input.c).
 *
 * Rules: the terminal keeps a handle that can send and receive for each input, so what nobody has read can be taken
 * back. Functions of a job without an input do nothing.
 */
#pragma once
#include "drivers/console/terminal.h"

/* Is that signal of the channel set? */
bool input_has(const struct job *job, uint64_t signal);

/* The terminal works on when it is set. It isn't watched yet. */
void input_watch(struct terminal *terminal, struct job *job, uint64_t signal);

/* What is ready, as far as there is room; when there is more, it goes on. */
void input_pass_on(struct terminal *terminal, struct job *job);

/* What the job hasn't read is ready again, or typed again, and so is an end that it hasn't found. */
void input_take_back(struct terminal *terminal, struct job *job);

/* The end alone, to be typed again. */
void input_take_end_back(struct terminal *terminal);
