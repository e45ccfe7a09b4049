/* SPDX-License-Identifier: MIT */
/* The 16550 (PC16550D data sheet, section 8), output only. */
#include "arch/x86_64/serial.h"

#include "arch/x86_64/x86.h"

enum { COM1 = 0x3f8 };

/* Registers, from the port's base. */
enum {
    SERIAL_DATA = 0,         /* with LCR.DLAB: divisor, low byte */
    SERIAL_IRQ_ENABLE = 1,   /* with LCR.DLAB: divisor, high byte */
    SERIAL_FIFO_CONTROL = 2, /* written */
    SERIAL_IRQ_ID = 2,       /* read: bits 6 and 7 set when the FIFOs are on */
    SERIAL_LINE_CONTROL = 3,
    SERIAL_MODEM_CONTROL = 4,
    SERIAL_LINE_STATUS = 5,
    SERIAL_SCRATCH = 7,
    SERIAL_PORTS = 8,
};

enum {
    LINE_8N1 = 0x03,
    LINE_DIVISOR_ACCESS = 0x80,
    DIVISOR_115200 = 1,
    FIFO_ON_AND_CLEARED = 0x07,
    IRQ_ID_FIFO_ON = 0xc0,
    MODEM_READY = 0x03, /* DTR and RTS; OUT2 off keeps the interrupt line quiet */
    LINE_STATUS_EMPTY = 0x20,
    FIFO_SIZE = 16,
};

/* A full FIFO takes 1.4 ms to leave at 115200; a read of a port takes about 1 µs. */
enum { POLLS_MAX = 50000 };

/* Guarded by the right to write to consoles */
static uint32_t burst_size; /* bytes that an empty transmitter takes */
static uint32_t room;       /* how many of them it still takes */
static bool stuck;          /* it didn't empty in time: what comes is dropped until it does */

static void write_register(uint16_t reg, uint8_t value)
{
    x86_out8((uint16_t)(COM1 + reg), value);
}

static uint8_t read_register(uint16_t reg)
{
    return x86_in8((uint16_t)(COM1 + reg));
}

static bool transmitter_empties(void)
{
    for (uint32_t polls = stuck ? POLLS_MAX - 1 : 0; polls < POLLS_MAX; polls++) {
        if ((read_register(SERIAL_LINE_STATUS) & LINE_STATUS_EMPTY) != 0) {
            return true;
        }
    }
    return false;
}

static void put(char character)
{
    if (room == 0) {
        stuck = !transmitter_empties();
        if (stuck) {
            return;
        }
        room = burst_size;
    }
    write_register(SERIAL_DATA, (uint8_t)character);
    room--;
}

static void serial_write(void *context, enum j6_log_severity severity, const char *text, size_t len)
{
    (void)context;
    (void)severity;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            put('\r');
        }
        put(text[i]);
    }
}

static void serial_reset(void *context)
{
    (void)context;
    stuck = false;
    stuck = !transmitter_empties(); /* what its last user wrote */
    write_register(SERIAL_LINE_CONTROL, LINE_8N1);
    write_register(SERIAL_IRQ_ENABLE, 0);
    write_register(SERIAL_LINE_CONTROL, LINE_DIVISOR_ACCESS);
    write_register(SERIAL_DATA, DIVISOR_115200);
    write_register(SERIAL_IRQ_ENABLE, 0);
    write_register(SERIAL_LINE_CONTROL, LINE_8N1);
    write_register(SERIAL_FIFO_CONTROL, FIFO_ON_AND_CLEARED);
    write_register(SERIAL_MODEM_CONTROL, MODEM_READY);
    bool fifo = (read_register(SERIAL_IRQ_ID) & IRQ_ID_FIFO_ON) == IRQ_ID_FIFO_ON;
    burst_size = fifo ? FIFO_SIZE : 1;
    room = 0;
}

/* A scratch register keeps what is written; an empty bus doesn't, and reads 0xff as status. */
static bool port_answers(void)
{
    if (read_register(SERIAL_LINE_STATUS) == 0xff) {
        return false;
    }
    write_register(SERIAL_SCRATCH, 0x5a);
    if (read_register(SERIAL_SCRATCH) != 0x5a) {
        return false;
    }
    write_register(SERIAL_SCRATCH, 0xa5);
    return read_register(SERIAL_SCRATCH) == 0xa5;
}

bool serial_init(struct console *console)
{
    if (!port_answers()) {
        return false;
    }
    serial_reset(NULL);
    *console = (struct console){.write = serial_write,
                                .reset = serial_reset,
                                .first_port = COM1,
                                .port_count = SERIAL_PORTS};
    return true;
}
