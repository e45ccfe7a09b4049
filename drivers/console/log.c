/* SPDX-License-Identifier: MIT */
/* The kernel's log as one of those who write to the terminal: each entry is a line, looking as everywhere. */
#include "drivers/console/terminal.h"
#include "lib/log_line.h"
#include <j6/log.h>

/* Immutable after log_open */
static uint64_t shown_up_to; /* what is less severe isn't shown */

static void serve_log(void *context, uint64_t signals)
{
    struct terminal *terminal = context;
    (void)signals;
    driver_unwatch(&terminal->driver, &terminal->log.watch);
    output_set_waits(&terminal->log, true);
}

void log_open(struct terminal *terminal, uint64_t verbosity)
{
    shown_up_to = verbosity;
    terminal->log = (struct output){.terminal = terminal};
    output_set_waits(&terminal->log, true);
    terminal->log.watch = (struct driver_watch){.object = terminal->driver.system,
                                                .mask = j6_signal_system_has_log,
                                                .serve = serve_log,
                                                .context = terminal};
}

static void show_line(struct terminal *terminal, const char *text, size_t len)
{
    output_show(&terminal->log, text, len);
    if (len == 0 || text[len - 1] != '\n') {
        output_show(&terminal->log, "\n", 1);
    }
}

static void show_entry(struct terminal *terminal, const struct j6_log_entry *entry, char *text)
{
    char line[LOG_STAMP_MAX + j6_log_text_max];
    if (entry->severity == j6_log_output) {
        show_line(terminal, text, entry->len);
    } else if (entry->severity <= shown_up_to) {
        size_t len = log_stamp(entry, line, LOG_STAMP_MAX);
        log_blank_controls(text, entry->len);
        memcpy(line + len, text, entry->len);
        show_line(terminal, line, len + entry->len);
    }
}

static void show_gap(struct terminal *terminal, uint64_t count)
{
    char line[LOG_STAMP_MAX];
    show_line(terminal, line, log_gap(count, line, sizeof(line)));
}

bool log_show_next(struct terminal *terminal)
{
    struct {
        struct j6_log_entry entry;
        char text[j6_log_text_max];
    } record;
    uint64_t *last = &terminal->kept->seen;
    uint64_t seen = *last;
    uint64_t len = sizeof(record);
    if (j6_system_get_log(terminal->driver.system, &seen, &record, &len, j6_deadline_poll) !=
        j6_status_ok) {
        return false;
    }
    if (seen > *last + 1) {
        show_gap(terminal, seen - *last - 1);
    }
    show_entry(terminal, &record.entry, record.text);
    *last = seen;
    return true;
}
