/* SPDX-License-Identifier: MIT */
/* Entries as lines. */
#include "drivers/framebuffer/log_view.h"
#include "lib/log_line.h"

/* Ends the line as well, unless the text has done that. */
static void show(struct log_view *view, uint32_t severity, const char *text, size_t len)
{
    struct utf8 utf8 = {0};
    terminal_write(view->terminal, &utf8, severity, text, len);
    terminal_end(view->terminal, &utf8, severity);
    if (len == 0 || text[len - 1] != '\n') {
        terminal_put(view->terminal, '\n', severity);
    }
}

static void show_line(struct log_view *view, const struct j6_log_entry *entry, char *text)
{
    char stamp[LOG_STAMP_MAX];
    struct utf8 utf8 = {0};
    size_t len = log_stamp(entry, stamp, sizeof(stamp));
    terminal_write(view->terminal, &utf8, entry->severity, stamp, len);
    log_blank_controls(text, entry->len);
    show(view, entry->severity, text, entry->len);
}

static void show_gap(struct log_view *view, uint64_t count)
{
    char buf[LOG_STAMP_MAX];
    show(view, j6_log_warning, buf, log_gap(count, buf, sizeof(buf)));
}

void log_view_show(struct log_view *view, const struct j6_log_entry *entry, char *text)
{
    uint64_t missed = entry->id - view->seen - 1;
    terminal_begin(view->terminal, view);
    if (missed != 0) {
        show_gap(view, missed);
    }
    if (entry->severity == j6_log_output) {
        show(view, j6_log_output, text, entry->len);
    } else if (entry->severity <= view->verbosity) {
        show_line(view, entry, text);
    }
    view->seen = entry->id;
}
