/* SPDX-License-Identifier: MIT */
#include "drivers/serial/uart.h"
#include "drivers/serial/device.h"
#include <j6/ports.h>

static uint8_t read_register(const struct uart *uart, uint16_t reg)
{
    return j6_port_read8((uint16_t)(uart->base + reg));
}

static void write_register(const struct uart *uart, uint16_t reg, uint8_t value)
{
    j6_port_write8((uint16_t)(uart->base + reg), value);
}

/* Reading clears the errors: whoever reads counts them. */
static uint8_t line_status(struct uart *uart)
{
    uint8_t status = read_register(uart, UART_LINE_STATUS);
    uart->errors.overruns += (status & LINE_STATUS_OVERRUN) != 0;
    uart->errors.parity += (status & LINE_STATUS_PARITY) != 0;
    uart->errors.framing += (status & LINE_STATUS_FRAMING) != 0;
    uart->errors.breaks += (status & LINE_STATUS_BREAK) != 0;
    return status;
}

/* ---- the start ------------------------------------------------------------------------------ */

/* A scratch register keeps what is written; an empty bus doesn't, and reads 0xff as status. */
bool uart_answers(uint16_t base)
{
    const struct uart uart = {.base = base};
    if (read_register(&uart, UART_LINE_STATUS) == 0xff) {
        return false;
    }
    write_register(&uart, UART_SCRATCH, 0x5a);
    if (read_register(&uart, UART_SCRATCH) != 0x5a) {
        return false;
    }
    write_register(&uart, UART_SCRATCH, 0xa5);
    return read_register(&uart, UART_SCRATCH) == 0xa5;
}

static void set_speed(const struct uart *uart, uint16_t divisor)
{
    write_register(uart, UART_LINE_CONTROL, LINE_8_BITS | LINE_DIVISOR);
    write_register(uart, UART_DATA, (uint8_t)divisor);
    write_register(uart, UART_IRQ_ENABLE, (uint8_t)(divisor >> 8));
    write_register(uart, UART_LINE_CONTROL, LINE_8_BITS);
}

/* Half of the FIFO is left for what comes until the interrupt is served. */
static void start_fifos(struct uart *uart)
{
    write_register(uart, UART_FIFO_CONTROL, FIFO_ON | FIFO_CLEAR | FIFO_TRIGGER_8);
    bool on = (read_register(uart, UART_IRQ_ID) & IRQ_ID_FIFOS) == IRQ_ID_FIFOS;
    uart->fifo_size = on ? UART_FIFO_SIZE : 1;
}

void uart_start(struct uart *uart, uint16_t base)
{
    *uart = (struct uart){.base = base};
    write_register(uart, UART_LINE_CONTROL, LINE_8_BITS);
    write_register(uart, UART_IRQ_ENABLE, 0);
    set_speed(uart, UART_DIVISOR_115200);
    start_fifos(uart);
    read_register(uart, UART_LINE_STATUS);
    read_register(uart, UART_DATA);
    read_register(uart, UART_MODEM_STATUS);
    uart_continue(uart);
}

/* ---- interrupts ----------------------------------------------------------------------------- */

/* The other side hears whether it may send. Interrupts of the modem's lines aren't wanted. */
static void enable(struct uart *uart, uint8_t wanted)
{
    uint8_t changed = uart->enabled ^ wanted;
    uart->enabled = wanted;
    if ((changed & IRQ_ENABLE_RECEIVED) != 0) {
        uint8_t request = (wanted & IRQ_ENABLE_RECEIVED) != 0 ? MODEM_REQUEST : 0;
        write_register(uart, UART_MODEM_CONTROL, MODEM_READY | MODEM_IRQ | request);
    }
    if (changed != 0) {
        write_register(uart, UART_IRQ_ENABLE, wanted);
    }
}

static void take_received(struct uart *uart)
{
    while (ring_room(&uart->received) > 0) {
        if ((line_status(uart) & LINE_STATUS_RECEIVED) == 0) {
            return;
        }
        ring_put(&uart->received, read_register(uart, UART_DATA));
    }
    enable(uart, uart->enabled & ~IRQ_ENABLE_RECEIVED);
}

/* The transmitter has nothing left to send. It tells when that is so again, unless it is given nothing. */
static void fill_transmitter(struct uart *uart)
{
    if (ring_count(&uart->to_send) == 0) {
        enable(uart, uart->enabled & ~IRQ_ENABLE_SENT);
    }
    for (uint8_t i = 0; i < uart->fifo_size && ring_count(&uart->to_send) > 0; i++) {
        write_register(uart, UART_DATA, ring_take(&uart->to_send));
    }
}

void uart_serve(struct uart *uart)
{
    uint8_t id;
    while (((id = read_register(uart, UART_IRQ_ID)) & IRQ_ID_NONE) == 0) {
        switch (id & IRQ_ID_MASK) {
        case IRQ_ID_RECEIVED:
        case IRQ_ID_WAITING: take_received(uart); break;
        case IRQ_ID_SENT: fill_transmitter(uart); break;
        case IRQ_ID_ERROR: line_status(uart); break;
        default: read_register(uart, UART_MODEM_STATUS);
        }
    }
}

static void fill_idle_transmitter(struct uart *uart)
{
    if (ring_count(&uart->to_send) > 0 && (line_status(uart) & LINE_STATUS_SENT) != 0) {
        fill_transmitter(uart);
    }
}

/*
 * Unless an interrupt will come for it, an idle transmitter is filled here: most times that is all, and no
 * interrupt is needed. What doesn't fit needs one, and not all chips raise it when the transmitter has become
 * idle before they were asked to: so it is looked at once more.
 */
void uart_continue(struct uart *uart)
{
    bool is_asked = (uart->enabled & IRQ_ENABLE_SENT) != 0;
    if (!is_asked) {
        fill_idle_transmitter(uart);
    }
    enable(uart,
           (uint8_t)(IRQ_ENABLE_ERROR | (ring_room(&uart->received) > 0 ? IRQ_ENABLE_RECEIVED : 0) |
                     (ring_count(&uart->to_send) > 0 ? IRQ_ENABLE_SENT : 0)));
    if (!is_asked) {
        fill_idle_transmitter(uart);
    }
}
