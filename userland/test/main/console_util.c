/* SPDX-License-Identifier: MIT */
#include "lib/string.h"
#include "userland/test/main/console.h"
#include <j6/archive.h>
#include <j6/uart_device.h>

static const uint64_t ENDPOINT_RIGHTS = j6_right_endpoint_receive | j6_right_endpoint_send |
                                        j6_right_endpoint_badge | j6_right_wait |
                                        j6_right_duplicate | j6_right_transfer;

static uint64_t irq_of(uint16_t port)
{
    return port == CONSOLE_COM1 ? 4 : 3;
}

static j6_handle_t system_for(uint16_t port, bool log)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_irq, .first = irq_of(port), .count = 1},
        {.kind = j6_range_port, .first = port, .count = UART_PORTS},
        {.kind = j6_range_log, .count = 1},
    };
    j6_handle_t system = j6_handle_none;
    expect_ok(j6_system_restrict(system_handle(), ranges, log ? 3 : 2, &system));
    return system;
}

void console_start(struct console *console, uint16_t port, const char *log)
{
    bool first = port == CONSOLE_COM1;
    const char *const argv[] = {"console", first ? "port=0x3f8" : "port=0x2f8",
                                first ? "irq=4" : "irq=3", log, NULL};
    console->system = system_for(port, log != NULL);
    const struct j6_spawn_row rows[] = {
        {"system", console->system, j6_right_wait | j6_right_info},
        {"endpoint", console->endpoint, ENDPOINT_RIGHTS},
        {"memory", console->memory, j6_right_vma_map | j6_right_vma_read | j6_right_vma_write},
    };
    expect_ok(j6_boot_spawn("console", "console", argv, rows, 3, &console->process));
}

void console_open(struct console *console, uint16_t port, const char *log)
{
    *console = (struct console){.memory = area_new(1, 0)};
    expect_ok(j6_endpoint_create(0, 1, 0, &console->endpoint));
    expect_ok(
        j6_handle_duplicate(console->endpoint, j6_right_endpoint_send, 0, &console->terminal));
    console_start(console, port, log);
}

void console_kill(struct console *console)
{
    expect_ok(j6_process_kill(console->process, 0));
    process_finish(console->process);
    expect_ok(j6_object_close(console->system));
    expect_ok(j6_handle_close(console->system));
}

void console_close(struct console *console)
{
    console_kill(console);
    expect_ok(j6_handle_close(console->terminal));
    expect_ok(j6_handle_close(console->endpoint));
    expect_ok(j6_handle_close(console->memory));
}

void console_job_open(struct console_job *job, j6_handle_t from, uint64_t flags)
{
    struct terminal_open_answer answer = {0};
    j6_handle_t event = j6_handle_none;
    *job = (struct console_job){.event = event_new()};
    expect_ok(terminal_open(from, flags, &answer, &job->job));
    expect_ok(terminal_input(job->job, &job->input));
    expect_ok(terminal_output(job->job, &job->output));
    expect_ok(j6_handle_duplicate(job->event, j6_right_signal | j6_right_transfer, 0, &event));
    expect_ok(terminal_watch(job->job, event,
                             terminal_interrupt | terminal_hang_up | terminal_resized |
                                 terminal_disturbed));
    job->id = answer.id;
}

void console_job_close(struct console_job *job)
{
    expect_ok(j6_handle_close(job->job));
    expect_ok(j6_handle_close(job->input));
    expect_ok(j6_handle_close(job->output));
    expect_ok(j6_handle_close(job->event));
    *job = (struct console_job){0};
}

void console_write(j6_handle_t output, const char *text)
{
    while (*text != 0) {
        uint64_t len = strlen(text);
        if (!expect_ok(j6_channel_send(output, &len, text, j6_deadline_never))) {
            return;
        }
        text += len;
    }
}
