/* SPDX-License-Identifier: MIT */
/*
 * A UART as the PC16550D data sheet has it, behind the ports of tests/host/include/j6/ports.h, with what
 * is on its line. Its interrupt is an edge: what wants one while the line is up raises none.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UART_MODEL_BASE = 0x2f8, UART_MODEL_FIFO = 16, UART_MODEL_SENT_MAX = 1 << 16 };

struct uart_model {
    /* What kind it is */
    bool absent;
    bool no_fifos;           /* a 16450 */
    bool stuck;              /* once it is started, it wants something for ever */
    bool lazy;               /* asked for interrupts of an idle transmitter, it raises none */
    void (*meanwhile)(void); /* what happens on the line between two accesses, or NULL */
    /* Registers */
    uint8_t irq_enable, line_control, modem_control, scratch, errors;
    uint16_t divisor;
    bool fifos_on;
    size_t trigger;
    /* What waits in it */
    uint8_t received[UART_MODEL_FIFO], to_send[UART_MODEL_FIFO];
    size_t received_count, to_send_count;
    bool has_sent;        /* and hasn't told yet */
    bool is_waiting;      /* nothing more came for a while */
    uint8_t modem_status; /* the other side's lines … */
    bool has_changed;     /* … which haven't been looked at since */
    /* The interrupt */
    bool line;
    size_t edges;
    /* What has gone out */
    uint8_t sent[UART_MODEL_SENT_MAX];
    size_t sent_count;
};

extern struct uart_model uart_model;

/* A new one of that kind; it is what the ports reach. */
void uart_model_reset(struct uart_model kind);

/* Has the interrupt line gone up since the last time? */
bool uart_model_interrupts(void);

/* Whether the other side may send, by RTS. */
bool uart_model_listens(void);

/* A byte comes, with these errors of the line status; one too many overruns. */
void uart_model_comes(uint8_t byte, uint8_t errors);

/* Nothing comes for a while. */
void uart_model_pauses(void);

/* The other side's lines are these: MODEM_STATUS_… */
void uart_model_lines(uint8_t status);

/* A byte goes out, if there is one. */
void uart_model_sends(void);
