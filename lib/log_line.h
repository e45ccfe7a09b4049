/* SPDX-License-Identifier: MIT */
/*
 * What an entry of the log looks like, the same wherever it is shown: on consoles of the kernel, and by
 * the drivers that show the log after it. An entry of severity `output` is its bare text; others are a
 * line that begins with a stamp: `[    0.001234] process 7: `.
 */
#pragma once
#include <j6/log.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_STAMP_MAX = 96 }; /* bytes that are enough for a stamp or a gap, with the NUL */

/* The stamp: time, CPU but for the first, severity if it is a bad one, process. Returns its length. */
size_t log_stamp(const struct j6_log_entry *entry, char *buf, size_t cap);

/* A line mustn't look like two, or move the cursor: control characters become spaces. */
void log_blank_controls(char *text, size_t len);

/* The line, with its newline, in place of entries that were overwritten before they were read. */
size_t log_gap(uint64_t count, char *buf, size_t cap);

/* The colour of an entry, on black; `attribute` is the one of EGA text nearest to it. */
struct log_colour {
    uint8_t red, green, blue;
    uint8_t attribute;
};

/* By severity; and one more, for what is well. */
enum { LOG_COLOUR_GREEN = j6_log_count, LOG_COLOURS };

extern const struct log_colour log_colours[LOG_COLOURS];
