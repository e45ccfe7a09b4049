/* SPDX-License-Identifier: MIT */
/*
 * The line discipline: what becomes of a byte that is typed.
 *
 *   Return, Ctrl-J     end the line                Ctrl-C   interrupts; the line is dropped
 *   Backspace, Ctrl-H  erase a character           Ctrl-D   ends the input, behind what there is of a line
 *   Ctrl-W             erases a word               Ctrl-R   shows the line again
 *   Ctrl-U             erases the line             Ctrl-V   the next byte is one like any other
 *
 * Without terminal_mode_lines all bytes are passed on as they come, keys that xterm sends as several bytes
 * among them. A line that gets longer than LINE_MAX is passed on in pieces: nothing is lost, but a piece that has
 * gone can't be edited any more.
 *
 * Rules: pure; neither waits nor fails. A byte is echoed by at most ECHO_MAX bytes. A character is a byte below
 * 0x80, or a sequence of UTF-8, and one column wide, but for control characters (^C) and tabs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX = 4096, ECHO_MAX = 2048 };

enum typed {
    TYPED_MORE,      /* nothing is finished */
    TYPED_BYTES,     /* line[0 … len) is to be passed on, and then discipline_next called */
    TYPED_END,       /* the input ends */
    TYPED_INTERRUPT, /* Ctrl-C; what has been typed is to be dropped */
};

struct echo {
    size_t len;
    char bytes[ECHO_MAX];
};

struct discipline {
    uint32_t mode; /* terminal_mode_… */
    bool literal;  /* Ctrl-V was typed */
    uint32_t left; /* the column in which the line begins */
    size_t len;
    uint8_t line[LINE_MAX];
};

/* A byte is typed while the cursor is in that column. */
enum typed discipline_type(struct discipline *discipline, uint8_t byte, uint32_t column,
                           struct echo *echo);

/* The line has been passed on, or is given up. */
void discipline_next(struct discipline *discipline);

/* Takes another mode. True: there is a line to be passed on, since lines aren't edited any more. */
bool discipline_set_mode(struct discipline *discipline, uint32_t mode);

/* What shows the line again, at its end if it is too long. */
void discipline_show(const struct discipline *discipline, struct echo *echo);
