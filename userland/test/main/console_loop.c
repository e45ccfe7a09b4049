/* SPDX-License-Identifier: MIT */
#include "userland/test/main/console_loop.h"
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include <j6/ports.h>

enum { JOBS_MAX = 4 };

struct console loop_console;
static j6_handle_t ports;
static struct console_job jobs[JOBS_MAX]; /* free where job is 0 */

static void loop(uint8_t lines)
{
    j6_port_write8(CONSOLE_COM2 + UART_MODEM_CONTROL, MODEM_LOOP | lines);
}

static void loop_and_look(const struct console_job *job, uint8_t lines)
{
    loop(lines);
    expect_ok(terminal_discard(job->job, 0));
}

void loop_lines(const struct console_job *job, uint8_t lines)
{
    loop_and_look(job, LOOP_ALL);
    loop_and_look(job, lines);
}

static void await_start(void)
{
    struct terminal_state state;
    expect_ok(terminal_look(loop_console.terminal, &state)); /* it has its device */
    loop(LOOP_ALL);
}

void loop_start(void)
{
    console_start(&loop_console, CONSOLE_COM2, NULL);
    await_start();
}

static bool open_loop(void)
{
    ports = ports_open(CONSOLE_COM2, UART_PORTS);
    j6_port_write8(CONSOLE_COM2 + UART_SCRATCH, 0x5a);
    if (j6_port_read8(CONSOLE_COM2 + UART_SCRATCH) != 0x5a) {
        ports_close(ports);
        test_skip("no COM2");
        return false;
    }
    console_open(&loop_console, CONSOLE_COM2, NULL);
    await_start();
    return true;
}

static void close_loop(void)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        if (jobs[i].job != j6_handle_none) {
            console_job_close(&jobs[i]);
        }
    }
    console_close(&loop_console);
    j6_port_write8(CONSOLE_COM2 + UART_MODEM_CONTROL, LOOP_ALL);
    j6_port_write8(CONSOLE_COM2 + UART_FIFO_CONTROL,
                   0); /* the next driver would read what is left */
    ports_close(ports);
}

void loop_run(void (*test)(void))
{
    if (open_loop()) {
        test();
        close_loop();
    }
}

/* ---- jobs ----------------------------------------------------------------------------------- */

struct console_job *loop_job(j6_handle_t from, uint64_t mode)
{
    size_t i = 0;
    while (i < JOBS_MAX - 1 && jobs[i].job != j6_handle_none) {
        i++;
    }
    expect(jobs[i].job == j6_handle_none);
    console_job_open(&jobs[i], from, 0);
    expect_ok(terminal_set_mode(jobs[i].job, mode));
    return &jobs[i];
}

struct console_job *loop_command(j6_handle_t from, uint64_t mode)
{
    struct console_job *job = loop_job(from, mode);
    expect_ok(terminal_foreground(from, job->id));
    return job;
}

struct console_job *loop_shell(uint64_t mode)
{
    return loop_command(loop_console.terminal, mode);
}

/* ---- what is read --------------------------------------------------------------------------- */

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

void await_input(j6_handle_t input)
{
    uint64_t signals;
    expect_ok(j6_object_wait(input, j6_signal_channel_can_recv, &signals, now() + PATIENCE));
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
