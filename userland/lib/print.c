/* SPDX-License-Identifier: MIT */
/*
 * j6_printf: formats straight into lines and hands each to the log as one entry of severity
 * `output`. A line that is longer than an entry goes on in the next one.
 */
#include "lib/format.h"
#include <j6/j6.h>

enum { LINE_MAX = 512 };

static const j6_time_t RETRY_AFTER = 1000000; /* 1 ms */

struct line_sink {
    struct format_sink sink; /* first, so that one is found from the other */
    j6_status_t status;      /* the first failure */
    size_t len;
    char text[LINE_MAX];
};

/* The log takes only so much of one process at a time. */
static j6_status_t log_line(const char *text, size_t len)
{
    j6_status_t status;
    while ((status = j6_log(j6_log_output, text, len)) == j6_status_would_block) {
        j6_time_t now;
        status = j6_clock(&now);
        if (status != j6_status_ok) {
            return status;
        }
        j6_thread_sleep(now + RETRY_AFTER);
    }
    return status;
}

static void flush(struct line_sink *lines)
{
    if (lines->status == j6_status_ok) {
        lines->status = log_line(lines->text, lines->len);
    }
    lines->len = 0;
}

static void write(struct format_sink *sink, const char *text, size_t len)
{
    struct line_sink *lines = (struct line_sink *)sink;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || lines->len == LINE_MAX) {
            flush(lines);
        }
        if (text[i] != '\n') {
            lines->text[lines->len++] = text[i];
        }
    }
}

j6_status_t j6_printf(const char *format, ...)
{
    struct line_sink lines = {.sink.write = write, .status = j6_status_ok};
    va_list args;
    va_start(args, format);
    vformat_to(&lines.sink, format, args);
    va_end(args);
    if (lines.len != 0) {
        flush(&lines);
    }
    return lines.status;
}
