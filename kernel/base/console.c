/* SPDX-License-Identifier: MIT */
/*
 * Shows the log on the consoles. Appending to the log must not wait for a serial line, so the right
 * to write (`busy`) is tried for, not waited for: who has it shows all that is new, gives it up and
 * looks once more. An entry is published before its writer tries, and the holder looks after it
 * gave up, so one of the two shows it.
 */
#include "kernel/base/console.h"

#include "kernel/base/log.h"
#include "lib/log_line.h"

static struct console *consoles;
static enum j6_log_severity verbosity = j6_log_info;
static bool busy;

/* Guarded by busy */
static char text[LOG_TEXT_MAX];

static bool is_behind(const struct console *console)
{
    return !__atomic_load_n(&console->released, __ATOMIC_RELAXED) &&
           __atomic_load_n(&console->seen, __ATOMIC_RELAXED) < log_last();
}

static bool any_is_behind(void)
{
    for (struct console *console = consoles; console != NULL; console = console->next) {
        if (is_behind(console)) {
            return true;
        }
    }
    return false;
}

static bool try_take(void)
{
    return !__atomic_exchange_n(&busy, true, __ATOMIC_SEQ_CST);
}

static void give_up(void)
{
    __atomic_store_n(&busy, false, __ATOMIC_SEQ_CST);
}

static void show(struct console *console, enum j6_log_severity severity, const char *part,
                 size_t len)
{
    console->write(console->context, severity, part, len);
}

static void show_line(struct console *console, const struct j6_log_entry *entry)
{
    char buf[LOG_STAMP_MAX];
    size_t stamp_len = log_stamp(entry, buf, sizeof(buf));
    log_blank_controls(text, entry->len);
    show(console, entry->severity, buf, stamp_len);
    show(console, entry->severity, text, entry->len);
    show(console, entry->severity, "\n", 1);
}

static void show_output(struct console *console, const struct j6_log_entry *entry)
{
    bool ends = entry->len > 0 && text[entry->len - 1] == '\n';
    show(console, j6_log_output, text, entry->len);
    show(console, j6_log_output, "\n", ends ? 0 : 1);
}

static void show_gap(struct console *console, uint64_t count)
{
    char buf[LOG_STAMP_MAX];
    size_t len = log_gap(count, buf, sizeof(buf));
    show(console, j6_log_warning, buf, len);
}

/* Shows what is new; the caller has the right to write. */
static void show_new(struct console *console)
{
    struct j6_log_entry entry;
    uint64_t seen = console->seen;
    while (!console->released && log_read(&seen, &entry, text, sizeof(text))) {
        if (seen > console->seen + 1) {
            show_gap(console, seen - console->seen - 1);
        }
        if (entry.severity == j6_log_output) {
            show_output(console, &entry);
        } else if (entry.severity <= verbosity) {
            show_line(console, &entry);
        }
        __atomic_store_n(&console->seen, seen, __ATOMIC_RELAXED);
    }
}

void console_flush(void)
{
    while (any_is_behind() && try_take()) {
        for (struct console *console = consoles; console != NULL; console = console->next) {
            show_new(console);
        }
        give_up();
    }
}

void console_add(struct console *console)
{
    console->next = consoles;
    __atomic_store_n(&consoles, console, __ATOMIC_RELEASE);
    console_flush();
}

void console_release(struct console *console)
{
    console_flush();
    while (!try_take()) {
        __builtin_ia32_pause();
    }
    __atomic_store_n(&console->released, true, __ATOMIC_RELAXED);
    give_up();
    console_flush();
}

void console_release_ports(uint32_t first, uint32_t count)
{
    for (struct console *console = consoles; console != NULL; console = console->next) {
        if (first < console->first_port + console->port_count &&
            console->first_port < first + count) {
            console_release(console);
        }
    }
}

void console_release_phys(uint64_t first, uint64_t size)
{
    for (struct console *console = consoles; console != NULL; console = console->next) {
        if (first < console->first_phys + console->phys_size &&
            console->first_phys < first + size) {
            console_release(console);
        }
    }
}

void console_set_verbosity(enum j6_log_severity severity)
{
    verbosity = severity;
}

void console_panic_begin(void)
{
    __atomic_store_n(&busy, true, __ATOMIC_SEQ_CST);
    for (struct console *console = consoles; console != NULL; console = console->next) {
        console->reset(console->context);
    }
}

void console_panic_write(const char *line, size_t len)
{
    for (struct console *console = consoles; console != NULL; console = console->next) {
        console->write(console->context, j6_log_error, line, len);
    }
}

void console_panic_tail(uint64_t count)
{
    for (struct console *console = consoles; console != NULL; console = console->next) {
        uint64_t last = log_last();
        uint64_t seen = last > count ? last - count : 0;
        struct j6_log_entry entry;
        while (log_read(&seen, &entry, text, sizeof(text))) {
            show(console, entry.severity, "  ", 2);
            show_line(console, &entry);
        }
    }
}
