/* SPDX-License-Identifier: MIT */
/*
 *   say TEXT   writes it             raw N     reads N bytes in raw mode, and writes them in hexadecimal
 *   sum        reads up to the end, and writes how many bytes, and their hash
 *   wait       reads nothing until it is interrupted
 *   flood N    writes N lines with their numbers       log N   writes N entries to the log, with theirs
 *   lag N      the same while the driver can't show any of it
 *   crash      kills the driver of the terminal, and goes on at the next one
 */
#include "userland/test/main/console_shell.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/test/main/console.h"
#include "userland/test/main/devices.h"
#include <j6/ports.h>
#include <j6/uart_device.h>

enum { LINE = 256 };

static const uint64_t FNV_START = 0xcbf29ce484222325, FNV_PRIME = 0x100000001b3;

static struct console console;
static struct console_job shell;

/* ---- reading and writing -------------------------------------------------------------------- */

static void say(j6_handle_t output, const char *text)
{
    console_write(output, text);
    console_write(output, "\n");
}

/* Byte by byte: what follows may be for a command. */
static bool read_line(char *line)
{
    uint64_t len = 1;
    size_t i = 0;
    while (i < LINE - 1 &&
           j6_channel_receive(shell.input, &len, line + i, j6_deadline_never) == j6_status_ok) {
        if (line[i] == '\n') {
            line[i] = 0;
            return true;
        }
        i++;
        len = 1;
    }
    return false;
}

static uint64_t number_behind(const char *line)
{
    uint64_t number = 0;
    for (; *line != 0; line++) {
        number = *line >= '0' && *line <= '9' ? 10 * number + (uint64_t)(*line - '0') : number;
    }
    return number;
}

/* ---- commands ------------------------------------------------------------------------------- */

static void say_line(const struct console_job *job, const char *line)
{
    say(job->output, line + strlen("say "));
}

static void sum(const struct console_job *job, const char *line)
{
    static uint8_t bytes[4096];
    char text[LINE];
    uint64_t hash = FNV_START;
    uint64_t total = 0;
    uint64_t len = sizeof(bytes);
    (void)line;
    while (j6_channel_receive(job->input, &len, bytes, j6_deadline_never) == j6_status_ok) {
        for (uint64_t i = 0; i < len; i++) {
            hash = (hash ^ bytes[i]) * FNV_PRIME;
        }
        total += len;
        len = sizeof(bytes);
    }
    format(text, sizeof(text), "%lu bytes, %016lx", total, hash);
    say(job->output, text);
}

static void read_raw(const struct console_job *job, const char *line)
{
    char text[LINE];
    uint8_t byte;
    uint64_t len = 1;
    expect_ok(terminal_set_mode(job->job, terminal_mode_newline));
    say(job->output, "ready");
    for (uint64_t left = number_behind(line); left > 0; left--) {
        expect_ok(j6_channel_receive(job->input, &len, &byte, j6_deadline_never));
        format(text, sizeof(text), "%02x%s", byte, left > 1 ? " " : "\n");
        console_write(job->output, text);
    }
}

static void wait_for_interrupt(const struct console_job *job, const char *line)
{
    uint64_t signals;
    (void)line;
    say(job->output, "waiting");
    expect_ok(j6_object_wait(job->event, terminal_interrupt, &signals, j6_deadline_never));
    say(job->output, "interrupted");
}

static void flood(const struct console_job *job, const char *line)
{
    char text[LINE];
    for (uint64_t i = 0; i < number_behind(line); i++) {
        format(text, sizeof(text), "line %lu of a flood that nobody may lose", i);
        say(job->output, text);
    }
}

static void write_log(const struct console_job *job, const char *line)
{
    char text[LINE];
    (void)job;
    for (uint64_t i = 0; i < number_behind(line); i++) {
        size_t len = format(text, sizeof(text), "counted %lu", i);
        while (j6_log(j6_log_info, text, len) != j6_status_ok) {
            sleep_for(1);
        }
    }
}

/* The line stands still meanwhile: in its loop the UART isn't clear to send. */
static void lag(const struct console_job *job, const char *line)
{
    enum { MODEM_USUAL = MODEM_READY | MODEM_REQUEST | MODEM_IRQ };
    j6_handle_t ports = ports_open(CONSOLE_COM1, UART_PORTS);
    expect_ok(terminal_drain(shell.job));
    while ((j6_port_read8(CONSOLE_COM1 + UART_LINE_STATUS) & LINE_STATUS_IDLE) == 0) {}
    j6_port_write8(CONSOLE_COM1 + UART_MODEM_CONTROL, MODEM_LOOP | MODEM_READY | MODEM_IRQ);
    expect_ok(terminal_discard(job->job, 0)); /* the driver looks at the line */
    write_log(job, line);
    j6_port_write8(CONSOLE_COM1 + UART_MODEM_CONTROL, MODEM_USUAL);
    expect_ok(terminal_discard(job->job, 0));
    ports_close(ports);
}

static const struct {
    const char *name;
    void (*run)(const struct console_job *job, const char *line);
} commands[] = {
    {"say ", say_line}, {"sum", sum},        {"raw ", read_raw}, {"wait", wait_for_interrupt},
    {"flood ", flood},  {"log ", write_log}, {"lag ", lag},
};

/* ---- the shell ------------------------------------------------------------------------------ */

static void open_shell(void)
{
    console_job_open(&shell, console.terminal, terminal_open_foreground);
}

/* What is on its way goes with the driver: the echo of the command is out first. */
static void crash(void)
{
    expect_ok(terminal_drain(shell.job));
    console_kill(&console);
    console_job_close(&shell);
    console_start(&console, CONSOLE_COM1, "log=3");
    open_shell();
}

static void run(const char *line)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (string_starts_with(line, commands[i].name)) {
            struct console_job job;
            console_job_open(&job, shell.job, terminal_open_foreground);
            commands[i].run(&job, line);
            expect_ok(terminal_foreground(shell.job, 0));
            console_job_close(&job);
            return;
        }
    }
    say(shell.output, "?");
}

int console_shell_run(void)
{
    char line[LINE];
    write_log(NULL, "50");
    console_open(&console, CONSOLE_COM1, "log=3");
    write_log(NULL, "50");
    open_shell();
    console_write(shell.output, "$ ");
    while (read_line(line)) {
        if (string_equal(line, "crash")) {
            crash();
        } else {
            run(line);
        }
        console_write(shell.output, "$ ");
    }
    say(shell.output, "bye");
    expect_ok(terminal_drain(shell.job));
    console_job_close(&shell);
    console_close(&console);
    return test_has_failed() ? 1 : 0;
}
