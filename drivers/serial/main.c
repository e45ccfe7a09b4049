/* SPDX-License-Identifier: MIT */
/*
 * The driver of a UART: `serial port=0x2f8 irq=3`. It sends back what it receives. Which UART it is, only
 * its arguments say; that it may have that one and no other, its system object.
 */
#include "drivers/serial/device.h"
#include "drivers/serial/uart.h"
#include <j6/driver.h>

enum { EXIT_NO_UART = 1, EXIT_FAILURE = 2 };

static struct driver driver;
static struct uart uart;

/* ---- errors of the line --------------------------------------------------------------------- */

/* A bad line makes many: the log hears of the 1st, 2nd, 4th, 8th … */
static void tell(const char *what, uint64_t before, uint64_t count)
{
    if (count != before && (count & (count - 1)) == 0) {
        driver_log(&driver, j6_log_warning, "%s: %llu so far", what, (unsigned long long)count);
    }
}

static void tell_errors(const struct uart_errors *before)
{
    tell("overrun, bytes are lost", before->overruns, uart.errors.overruns);
    tell("parity error", before->parity, uart.errors.parity);
    tell("framing error", before->framing, uart.errors.framing);
    tell("break", before->breaks, uart.errors.breaks);
}

/* ---- its work ------------------------------------------------------------------------------- */

static void echo(void)
{
    while (ring_count(&uart.received) > 0 && ring_room(&uart.to_send) > 0) {
        ring_put(&uart.to_send, ring_take(&uart.received));
    }
}

static void serve(void *context)
{
    (void)context;
    struct uart_errors before = uart.errors;
    uart_serve(&uart);
    echo();
    uart_continue(&uart);
    tell_errors(&before);
}

/* ---- the start ------------------------------------------------------------------------------ */

static int give_up(const char *what, j6_status_t status)
{
    driver_log(&driver, j6_log_error, "%s: %s", what, j6_status_text(status));
    return EXIT_FAILURE;
}

/* The line is there before the device has something to say. */
static int run(uint16_t port, uint64_t irq)
{
    static struct driver_interrupt interrupt = {.serve = serve};
    j6_status_t status = driver_claim_ports(&driver, port, UART_PORTS);
    if (status != j6_status_ok) {
        return give_up("ports", status);
    }
    if (!uart_answers(port)) {
        driver_log(&driver, j6_log_info, "no UART at port 0x%x", port);
        return EXIT_NO_UART;
    }
    interrupt.line = irq;
    status = driver_claim_interrupt(&driver, &interrupt);
    if (status != j6_status_ok) {
        return give_up("interrupt", status);
    }
    uart_start(&uart, port);
    driver_log(&driver, j6_log_info, "UART at port 0x%x, irq %llu, %s FIFOs", port,
               (unsigned long long)irq, uart.fifo_size > 1 ? "with" : "without");
    return give_up("stopped", driver_run(&driver));
}

int main(int argc, char **argv)
{
    uint64_t port;
    uint64_t irq;
    driver.name = argc > 0 ? argv[0] : "serial";
    if (!driver_argument(argv, "port", &port) || !driver_argument(argv, "irq", &irq) ||
        port > UINT16_MAX) {
        return give_up("arguments", j6_err_invalid_arg);
    }
    j6_status_t status = driver_open(&driver);
    return status == j6_status_ok ? run((uint16_t)port, irq) : give_up("start", status);
}
