/* SPDX-License-Identifier: MIT */
/*
 * The driver of a terminal at a UART: `console port=0x3f8 irq=4 log=2`. `log` shows the kernel's log up to that
 * severity, from where the kernel has stopped showing it there.
 *
 *   system     a system object with the UART's ports and line, and for the log the range `log`, and the right `info`
 *   endpoint   serves <proto/terminal.h> there: an endpoint for messages with one handle
 *   memory     a page that the next one gets as well, if this one ends; or nothing
 *
 * The driver of the UART and the terminal are one process: a byte that is typed is echoed by the thread that its
 * interrupt wakes, with nobody in between.
 */
#include "drivers/console/terminal.h"
#include <j6/info.h>
#include <j6/uart_device.h>

enum { EXIT_NO_UART = 1, EXIT_FAILURE = 2 };

enum { USUAL_COLUMNS = 80, USUAL_ROWS = 24 };

static const j6_time_t FINISHED_WITHIN = 1000000000; /* 1 s: half of what init waits for */
static const j6_time_t BETWEEN_LOOKS = 1000000;

static struct kept own_memory;
static struct terminal terminal = {.driver = {.name = "console"}, .kept = &own_memory};

/* ---- errors --------------------------------------------------------------------------------- */

static int give_up(const char *what, j6_status_t status)
{
    driver_log(&terminal.driver, j6_log_error, "%s: %s", what, j6_status_text(status));
    return EXIT_FAILURE;
}

/* A bad line makes many: the log hears of the 1st, 2nd, 4th, 8th … */
static void tell_overruns(uint64_t before)
{
    uint64_t count = terminal.uart.errors.overruns;
    if (count != before && (count & (count - 1)) == 0) {
        driver_log(&terminal.driver, j6_log_warning, "overrun, bytes are lost: %llu so far",
                   (unsigned long long)count);
    }
}

static void serve_interrupt(void *context)
{
    uint64_t overruns = terminal.uart.errors.overruns;
    (void)context;
    uart_serve(&terminal.uart);
    tell_overruns(overruns);
}

/* ---- the start ------------------------------------------------------------------------------ */

/* Without it, what the kernel has shown is shown again after a restart; nothing else. */
static void open_memory(void)
{
    uint64_t address = 0;
    j6_handle_t area = j6_find("memory");
    if (area != j6_handle_none && j6_vma_map(area, j6_handle_self_process, &address, 0, 0,
                                             j6_map_read | j6_map_write) == j6_status_ok) {
        terminal.kept = (struct kept *)address;
    }
    if (terminal.kept->columns == 0) {
        terminal.kept->columns = USUAL_COLUMNS;
        terminal.kept->rows = USUAL_ROWS;
    }
}

static void open_log(uint64_t verbosity)
{
    struct j6_shown_info shown;
    uint64_t len = sizeof(shown);
    if (terminal.kept->seen == 0 &&
        j6_object_info(terminal.driver.system, j6_topic_shown, &shown, &len) == j6_status_ok) {
        terminal.kept->seen = shown.entry;
    }
    log_open(&terminal, verbosity);
}

/* No id was one of a driver that was here before: handles of its jobs may still be around. */
static void open_terminal(void)
{
    j6_time_t now = 0;
    j6_clock(&now);
    terminal.last_id = now;
    terminal.shown.out = &terminal.uart.to_send;
    input_init(&terminal);
}

/* The line is there before the device has something to say. */
static j6_status_t open_uart(uint16_t port, uint64_t irq)
{
    static struct driver_interrupt interrupt = {.serve = serve_interrupt};
    interrupt.line = irq;
    j6_status_t status = driver_claim_interrupt(&terminal.driver, &interrupt);
    if (status == j6_status_ok) {
        uart_start(&terminal.uart, port);
    }
    return status;
}

/* The system ends, and no interrupt comes through any more: what is to be shown goes out as far as the line takes it in time. */
static void finish(void)
{
    j6_time_t now = 0, end;
    j6_clock(&now);
    end = now + FINISHED_WITHIN;
    while (output_finish(&terminal) && now < end) {
        j6_thread_sleep(now + BETWEEN_LOOKS);
        uart_serve(&terminal.uart);
        j6_clock(&now);
    }
}

static int run(char **argv, uint16_t port, uint64_t irq)
{
    uint64_t verbosity;
    j6_status_t status = driver_claim_ports(&terminal.driver, port, UART_PORTS);
    if (status != j6_status_ok) {
        return give_up("ports", status);
    }
    if (!uart_answers(port)) {
        driver_log(&terminal.driver, j6_log_info, "no UART at port 0x%x", port);
        return EXIT_NO_UART;
    }
    status = open_uart(port, irq);
    if (status != j6_status_ok) {
        return give_up("interrupt", status);
    }
    open_memory();
    open_terminal();
    if (driver_argument(argv, "log", &verbosity)) {
        open_log(verbosity);
    }
    status = terminal_serve(&terminal);
    if (status != j6_status_closed) {
        return give_up("stopped", status);
    }
    finish();
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t port;
    uint64_t irq;
    (void)argc;
    if (!driver_argument(argv, "port", &port) || !driver_argument(argv, "irq", &irq) ||
        port > UINT16_MAX) {
        return give_up("arguments", j6_err_invalid_arg);
    }
    terminal.driver.endpoint = j6_find("endpoint");
    if (terminal.driver.endpoint == j6_handle_none) {
        return give_up("endpoint", j6_err_not_found);
    }
    j6_status_t status = driver_open(&terminal.driver);
    return status == j6_status_ok ? run(argv, (uint16_t)port, irq) : give_up("start", status);
}
