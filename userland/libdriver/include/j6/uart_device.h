/* SPDX-License-Identifier: MIT */
/*
 * The UART of the PC16550D data sheet, section 8: registers as ports from the base, and their bits. A 16450
 * and an 8250 are the same without FIFOs.
 */
#pragma once

/* Table II, summary of registers */
enum {
    UART_DATA = 0, /* read: received byte; written: byte to send. With LINE_DIVISOR: its low byte */
    UART_IRQ_ENABLE = 1,    /* 8.6. With LINE_DIVISOR: high byte of the divisor */
    UART_IRQ_ID = 2,        /* 8.5, read */
    UART_FIFO_CONTROL = 2,  /* 8.4, written */
    UART_LINE_CONTROL = 3,  /* 8.1 */
    UART_MODEM_CONTROL = 4, /* 8.7 */
    UART_LINE_STATUS = 5,   /* 8.3; reading clears the errors */
    UART_MODEM_STATUS = 6,  /* 8.8; reading clears the changes */
    UART_SCRATCH = 7,       /* 8.9 */
    UART_PORTS = 8,
};

enum { UART_DIVISOR_115200 = 1 }; /* table III, at 1.8432 MHz */

enum { UART_FIFO_SIZE = 16 };

/* 8.6 */
enum {
    IRQ_ENABLE_RECEIVED = 1 << 0,
    IRQ_ENABLE_SENT = 1 << 1,
    IRQ_ENABLE_ERROR = 1 << 2,
    IRQ_ENABLE_MODEM = 1 << 3,
};

/* 8.5 and table IV */
enum {
    IRQ_ID_NONE = 0x01,
    IRQ_ID_MASK = 0x0f,
    IRQ_ID_MODEM = 0x00,    /* until the modem status is read */
    IRQ_ID_SENT = 0x02,     /* until this is read, or a byte written */
    IRQ_ID_RECEIVED = 0x04, /* until fewer bytes than the trigger level are there */
    IRQ_ID_ERROR = 0x06,    /* until the line status is read */
    IRQ_ID_WAITING = 0x0c,  /* bytes wait, and no more came for a while: until they are read */
    IRQ_ID_FIFOS = 0xc0,    /* both are on */
};

/* 8.4 */
enum {
    FIFO_ON = 0x01,
    FIFO_CLEAR = 0x06,     /* both */
    FIFO_TRIGGER_8 = 0x80, /* bytes received until an interrupt */
};

/* 8.1 */
enum {
    LINE_8_BITS = 0x03, /* no parity, one stop bit */
    LINE_DIVISOR = 0x80,
};

/* 8.7 */
enum {
    MODEM_READY = 0x01,   /* DTR */
    MODEM_REQUEST = 0x02, /* RTS: the other side may send */
    MODEM_IRQ = 0x08,     /* OUT2, which on a PC lets interrupts out */
    MODEM_LOOP = 0x10,    /* what it sends it receives */
};

/* 8.3 */
enum {
    LINE_STATUS_RECEIVED = 0x01,
    LINE_STATUS_OVERRUN = 0x02,
    LINE_STATUS_PARITY = 0x04,
    LINE_STATUS_FRAMING = 0x08,
    LINE_STATUS_BREAK = 0x10,
    LINE_STATUS_SENT = 0x20,
    LINE_STATUS_IDLE = 0x40, /* the last byte is out as well */
};

/* 8.8; the other side's lines */
enum {
    MODEM_STATUS_CLEAR_TO_SEND = 0x10, /* CTS: its RTS */
    MODEM_STATUS_CARRIER = 0x80,       /* DCD: its DTR, or that a modem has a connection */
};
