/* SPDX-License-Identifier: MIT */
#include <j6/uart.h>
#include <j6/uart_device.h>
#include <j6/ports.h>

/*
 * What it does to be asked no more: each round of an interrupt moves a byte, or tells of one error or one change of a
 * line. And what a bus reads at which nobody is, as no status and no interrupt does together.
 */
enum { ROUNDS_MAX = 4 * RING_SIZE, NOBODY = 0xff };

/* Of the ring: less, and the other side is told to stop, for it does so late; from so much on, to go on. */
enum { STOP_ROOM = 512, GO_ROOM = 1024 };

static uint8_t read_register(const struct uart *uart, uint16_t reg)
{
    return j6_port_read8((uint16_t)(uart->base + reg));
}

static void write_register(const struct uart *uart, uint16_t reg, uint8_t value)
{
    j6_port_write8((uint16_t)(uart->base + reg), value);
}

/* From now on it is left alone. */
static void give_up(struct uart *uart)
{
    write_register(uart, UART_IRQ_ENABLE, 0);
    uart->is_gone = true;
}

/* Reading clears the errors: whoever reads counts them. */
static uint8_t line_status(struct uart *uart)
{
    uint8_t status = read_register(uart, UART_LINE_STATUS);
    if (status == NOBODY && read_register(uart, UART_IRQ_ID) == NOBODY) {
        give_up(uart);
        return 0;
    }
    uart->errors.overruns += (status & LINE_STATUS_OVERRUN) != 0;
    uart->errors.parity += (status & LINE_STATUS_PARITY) != 0;
    uart->errors.framing += (status & LINE_STATUS_FRAMING) != 0;
    uart->errors.breaks += (status & LINE_STATUS_BREAK) != 0;
    return status;
}

void uart_look(struct uart *uart)
{
    uart->lines = read_register(uart, UART_MODEM_STATUS) &
                  (MODEM_STATUS_CLEAR_TO_SEND | MODEM_STATUS_CARRIER);
    uart->seen |= uart->lines;
}

static bool is_off(const struct uart *uart, uint8_t line)
{
    return (uart->seen & ~uart->lines & line) != 0;
}

bool uart_is_stopped(const struct uart *uart)
{
    return is_off(uart, MODEM_STATUS_CLEAR_TO_SEND);
}

bool uart_has_hung_up(const struct uart *uart)
{
    return uart->is_gone || is_off(uart, MODEM_STATUS_CARRIER);
}

static bool has_to_send(const struct uart *uart)
{
    return ring_count(&uart->to_send) > 0 && !uart_is_stopped(uart) && !uart->is_gone;
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

static bool has_fifos(const struct uart *uart)
{
    return (read_register(uart, UART_IRQ_ID) & IRQ_ID_FIFOS) == IRQ_ID_FIFOS;
}

/*
 * Half of the FIFO is left for what comes until the interrupt is served. FIFOs that are on already, as the kernel or
 * another driver leaves them, keep what is in them: somebody may have typed before there was a driver.
 */
static void start_fifos(struct uart *uart)
{
    bool were_on = has_fifos(uart);
    write_register(uart, UART_FIFO_CONTROL, FIFO_ON | FIFO_TRIGGER_8 | (were_on ? 0 : FIFO_CLEAR));
    read_register(uart, UART_LINE_STATUS);
    if (!were_on) {
        read_register(uart, UART_DATA);
    }
    bool on = has_fifos(uart);
    if (!on) {
        /* The 16550, without an A, has some that lose bytes. */
        write_register(uart, UART_FIFO_CONTROL, 0);
    }
    uart->fifo_size = on ? UART_FIFO_SIZE : 1;
}

void uart_start(struct uart *uart, uint16_t base)
{
    *uart = (struct uart){.base = base};
    write_register(uart, UART_LINE_CONTROL, LINE_8_BITS);
    write_register(uart, UART_IRQ_ENABLE, 0);
    set_speed(uart, UART_DIVISOR_115200);
    start_fifos(uart);
    uart_look(uart);
    uart_continue(uart);
}

/* ---- interrupts ----------------------------------------------------------------------------- */

static void enable(struct uart *uart, uint8_t wanted)
{
    uint8_t changed = uart->enabled ^ wanted;
    uart->enabled = wanted;
    if (changed != 0) {
        write_register(uart, UART_IRQ_ENABLE, wanted);
    }
}

/* The other side hears whether it may send. */
static void tell_to_send(struct uart *uart)
{
    bool may = ring_room(&uart->received) >= (uart->may_send ? STOP_ROOM : GO_ROOM);
    if (may != uart->may_send) {
        uart->may_send = may;
        write_register(uart, UART_MODEM_CONTROL,
                       MODEM_READY | MODEM_IRQ | (may ? MODEM_REQUEST : 0));
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
    if (!has_to_send(uart)) {
        enable(uart, uart->enabled & ~IRQ_ENABLE_SENT);
    }
    for (uint8_t i = 0; i < uart->fifo_size && has_to_send(uart); i++) {
        write_register(uart, UART_DATA, ring_take(&uart->to_send));
    }
}

void uart_serve(struct uart *uart)
{
    uint8_t id;
    unsigned rounds = 0;
    while (!uart->is_gone && ((id = read_register(uart, UART_IRQ_ID)) & IRQ_ID_NONE) == 0) {
        if (++rounds == ROUNDS_MAX) {
            give_up(uart);
            return;
        }
        switch (id & IRQ_ID_MASK) {
        case IRQ_ID_RECEIVED:
        case IRQ_ID_WAITING: take_received(uart); break;
        case IRQ_ID_SENT: fill_transmitter(uart); break;
        case IRQ_ID_ERROR: line_status(uart); break;
        default: uart_look(uart);
        }
    }
}

static void fill_idle_transmitter(struct uart *uart)
{
    if (has_to_send(uart) && (line_status(uart) & LINE_STATUS_SENT) != 0) {
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
    if (uart->is_gone) {
        return;
    }
    tell_to_send(uart);
    enable(uart, (uint8_t)(IRQ_ENABLE_ERROR | IRQ_ENABLE_MODEM |
                           (ring_room(&uart->received) > 0 ? IRQ_ENABLE_RECEIVED : 0) |
                           (has_to_send(uart) ? IRQ_ENABLE_SENT : 0)));
    if (!is_asked) {
        fill_idle_transmitter(uart);
    }
}
