/* SPDX-License-Identifier: MIT */
#include "userland/test/main/console_loop.h"
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include <j6/ports.h>

struct console loop_console;
static j6_handle_t ports;

static void loop(uint8_t lines)
{
    j6_port_write8(CONSOLE_COM2 + UART_MODEM_CONTROL, MODEM_LOOP | lines);
}

void loop_lines(const struct console_job *job, uint8_t lines)
{
    loop(lines);
    expect_ok(terminal_discard(job->job, 0));
}

void loop_start(void)
{
    struct terminal_state state;
    console_start(&loop_console, CONSOLE_COM2, NULL);
    expect_ok(terminal_look(loop_console.terminal, &state)); /* it has its device */
    loop(LOOP_ALL);
}

bool loop_open(void)
{
    struct terminal_state state;
    ports = ports_open(CONSOLE_COM2, UART_PORTS);
    j6_port_write8(CONSOLE_COM2 + UART_SCRATCH, 0x5a);
    if (j6_port_read8(CONSOLE_COM2 + UART_SCRATCH) != 0x5a) {
        ports_close(ports);
        test_skip("no COM2");
        return false;
    }
    console_open(&loop_console, CONSOLE_COM2, NULL);
    expect_ok(terminal_look(loop_console.terminal, &state));
    loop(LOOP_ALL);
    return true;
}

void loop_close(void)
{
    console_close(&loop_console);
    j6_port_write8(CONSOLE_COM2 + UART_MODEM_CONTROL, LOOP_ALL);
    j6_port_write8(CONSOLE_COM2 + UART_FIFO_CONTROL,
                   0); /* the next driver would read what is left */
    ports_close(ports);
}

void loop_job_open(struct console_job *job, j6_handle_t from, uint64_t flags, uint64_t mode)
{
    console_job_open(job, from, 0);
    expect_ok(terminal_set_mode(job->job, mode));
    if (flags != 0) {
        expect_ok(terminal_foreground(from, job->id));
    }
}

void loop_shell_open(struct console_job *job, uint64_t mode)
{
    loop_job_open(job, loop_console.terminal, terminal_open_foreground, mode);
}

void expect_input(j6_handle_t input, const char *text)
{
    char buf[256];
    size_t wanted = strlen(text);
    size_t total = 0;
    while (total < wanted) {
        uint64_t len = wanted - total;
        if (!expect_ok(j6_channel_receive(input, &len, buf + total, now() + PATIENCE))) {
            return;
        }
        total += len;
    }
    expect(memcmp(buf, text, wanted) == 0);
}

void expect_no_input(j6_handle_t input)
{
    char byte;
    uint64_t len = 1;
    leave_time();
    expect_status(j6_status_would_block, j6_channel_receive(input, &len, &byte, j6_deadline_poll));
}

void expect_end(j6_handle_t input)
{
    char byte;
    uint64_t len = 1;
    expect_status(j6_status_closed, j6_channel_receive(input, &len, &byte, now() + PATIENCE));
}

void await_signal(j6_handle_t event, uint64_t signal)
{
    uint64_t signals;
    expect_ok(j6_object_wait(event, signal, &signals, now() + PATIENCE));
    expect_ok(j6_object_signal(event, signal, 0));
}
