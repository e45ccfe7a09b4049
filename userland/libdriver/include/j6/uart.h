/* SPDX-License-Identifier: MIT */
/*
 * One UART, by interrupts: what it receives goes into one ring, what it is to send comes out of another.
 *
 *     interrupt ─> uart_serve ─> take from `received`, put into `to_send` ─> uart_continue
 *
 * Rules: the ports belong to the process. uart_continue follows each change of a ring; only it asks for further
 * interrupts. The device wants nothing more when uart_serve returns, so its line is quiet, and the next
 * interrupt is an edge. Before there is no room left for what comes, the other side is told by RTS to stop; what is
 * too much nevertheless stays in the device, and then overruns. The other side's lines count once they have been seen
 * on: a cable of three wires has none. While its CTS is off nothing is sent; when its carrier goes, it has hung up. A
 * device that answers no more, or whose interrupt has no end, is left alone: as if the other side had hung up for good.
 */
#pragma once
#include <j6/ring.h>
#include <stdbool.h>

/* How often so far. */
struct uart_errors {
    uint64_t overruns; /* at least one byte was lost each time */
    uint64_t parity;
    uint64_t framing;
    uint64_t breaks;
};

struct uart {
    uint16_t base;
    uint8_t fifo_size; /* bytes that an idle transmitter takes: 1 without FIFOs */
    uint8_t enabled;   /* as the device has it: IRQ_ENABLE_… */
    bool may_send;     /* RTS: the other side is told so */
    bool is_gone;      /* nothing is done to it any more */
    uint8_t seen;      /* of the other side's lines: MODEM_STATUS_…, that were on once … */
    uint8_t lines;     /* … and those that are */
    struct uart_errors errors;
    struct ring received;
    struct ring to_send;
};

/* Is there a UART at these ports? */
bool uart_answers(uint16_t base);

/* 115200 bit/s, 8 bits, no parity; from now on it interrupts. What it held before is dropped. */
void uart_start(struct uart *uart, uint16_t base);

/* After an interrupt. */
void uart_serve(struct uart *uart);

/* After something was taken from or put into a ring. */
void uart_continue(struct uart *uart);

/* Looks at the other side's lines, of which not every device, or every change, interrupts. */
void uart_look(struct uart *uart);

/* The other side doesn't take anything at the moment. */
bool uart_is_stopped(const struct uart *uart);

/* The other side has been there, and has gone. */
bool uart_has_hung_up(const struct uart *uart);
