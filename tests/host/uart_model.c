/* SPDX-License-Identifier: MIT */
#include "tests/host/uart_model.h"
#include <j6/uart_device.h>
#include <j6/ports.h>
#include <string.h>
#include <test.h>

struct uart_model uart_model;

static const uint8_t ERRORS =
    LINE_STATUS_OVERRUN | LINE_STATUS_PARITY | LINE_STATUS_FRAMING | LINE_STATUS_BREAK;

static size_t fifo_size(void)
{
    return uart_model.fifos_on ? UART_MODEL_FIFO : 1;
}

/* ---- the interrupt -------------------------------------------------------------------------- */

/* Table IV, in the order of urgency. */
static uint8_t irq_id(void)
{
    const struct uart_model *uart = &uart_model;
    bool received = uart->irq_enable & IRQ_ENABLE_RECEIVED;
    if (uart->stuck && uart->irq_enable != 0) {
        return IRQ_ID_ERROR;
    }
    if ((uart->irq_enable & IRQ_ENABLE_ERROR) && uart->errors) {
        return IRQ_ID_ERROR;
    }
    if (received && uart->received_count >= (uart->fifos_on ? uart->trigger : 1)) {
        return IRQ_ID_RECEIVED;
    }
    if (received && uart->is_waiting && uart->received_count > 0) {
        return IRQ_ID_WAITING;
    }
    if ((uart->irq_enable & IRQ_ENABLE_SENT) && uart->has_sent) {
        return IRQ_ID_SENT;
    }
    if ((uart->irq_enable & IRQ_ENABLE_MODEM) && uart->has_changed) {
        return IRQ_ID_MODEM;
    }
    return IRQ_ID_NONE;
}

/* OUT2 lets it out. */
static void settle(void)
{
    bool line = irq_id() != IRQ_ID_NONE && (uart_model.modem_control & MODEM_IRQ);
    uart_model.edges += line && !uart_model.line;
    uart_model.line = line;
}

bool uart_model_interrupts(void)
{
    bool did = uart_model.edges > 0;
    uart_model.edges = 0;
    return did;
}

/* ---- registers ------------------------------------------------------------------------------ */

static uint8_t take_received(void)
{
    struct uart_model *uart = &uart_model;
    uint8_t byte = uart->received[0];
    if (uart->received_count > 0) {
        uart->received_count--;
        memmove(uart->received, uart->received + 1, uart->received_count);
    }
    uart->is_waiting = false;
    return byte;
}

static uint8_t take_irq_id(void)
{
    uint8_t id = irq_id();
    if (id == IRQ_ID_SENT) {
        uart_model.has_sent = false;
    }
    return id | (uart_model.fifos_on ? IRQ_ID_FIFOS : 0);
}

static uint8_t take_line_status(void)
{
    struct uart_model *uart = &uart_model;
    uint8_t status = uart->errors;
    uart->errors = 0;
    return status | (uart->received_count > 0 ? LINE_STATUS_RECEIVED : 0) |
           (uart->to_send_count == 0 ? LINE_STATUS_SENT : 0);
}

static uint8_t take_modem_status(void)
{
    uart_model.has_changed = false;
    return uart_model.modem_status;
}

static uint8_t read_register(uint16_t reg)
{
    bool divisor = uart_model.line_control & LINE_DIVISOR;
    switch (reg) {
    case UART_DATA: return divisor ? (uint8_t)uart_model.divisor : take_received();
    case UART_IRQ_ENABLE:
        return divisor ? (uint8_t)(uart_model.divisor >> 8) : uart_model.irq_enable;
    case UART_IRQ_ID: return take_irq_id();
    case UART_LINE_CONTROL: return uart_model.line_control;
    case UART_MODEM_CONTROL: return uart_model.modem_control;
    case UART_LINE_STATUS: return take_line_status();
    case UART_MODEM_STATUS: return take_modem_status();
    case UART_SCRATCH: return uart_model.scratch;
    default: return 0;
    }
}

static void access_port(uint16_t port)
{
    assert_in_range(port, UART_MODEL_BASE, UART_MODEL_BASE + UART_PORTS - 1);
    if (uart_model.meanwhile != NULL) {
        uart_model.meanwhile();
    }
}

uint8_t j6_port_read8(uint16_t port)
{
    access_port(port);
    uint8_t value = uart_model.absent ? 0xff : read_register(port - UART_MODEL_BASE);
    settle();
    return value;
}

/* Nobody writes to a transmitter that is full. */
static void put_to_send(uint8_t byte)
{
    assert_true(uart_model.to_send_count < fifo_size());
    uart_model.to_send[uart_model.to_send_count++] = byte;
    uart_model.has_sent = false;
}

static void set_irq_enable(uint8_t value)
{
    bool is_new = (value & ~uart_model.irq_enable) & IRQ_ENABLE_SENT;
    uart_model.irq_enable = value;
    if (is_new) {
        uart_model.has_sent = uart_model.to_send_count == 0 && !uart_model.lazy;
    }
}

static void set_fifo_control(uint8_t value)
{
    static const size_t triggers[] = {1, 4, 8, 14};
    if (uart_model.no_fifos) {
        return;
    }
    uart_model.fifos_on = value & FIFO_ON;
    uart_model.trigger = triggers[value >> 6];
    if (value & FIFO_CLEAR) {
        uart_model.received_count = uart_model.to_send_count = 0;
    }
}

static void write_register(uint16_t reg, uint8_t value)
{
    struct uart_model *uart = &uart_model;
    bool divisor = uart->line_control & LINE_DIVISOR;
    if (reg == UART_DATA && divisor) {
        uart->divisor = (uint16_t)((uart->divisor & 0xff00) | value);
    } else if (reg == UART_DATA) {
        put_to_send(value);
    } else if (reg == UART_IRQ_ENABLE && divisor) {
        uart->divisor = (uint16_t)((uart->divisor & 0xff) | value << 8);
    } else if (reg == UART_IRQ_ENABLE) {
        set_irq_enable(value);
    } else if (reg == UART_FIFO_CONTROL) {
        set_fifo_control(value);
    } else if (reg == UART_LINE_CONTROL) {
        uart->line_control = value;
    } else if (reg == UART_MODEM_CONTROL) {
        uart->modem_control = value;
    } else if (reg == UART_SCRATCH) {
        uart->scratch = value;
    }
}

void j6_port_write8(uint16_t port, uint8_t value)
{
    access_port(port);
    if (!uart_model.absent) {
        write_register(port - UART_MODEL_BASE, value);
        settle();
    }
}

/* ---- the line ------------------------------------------------------------------------------- */

void uart_model_reset(struct uart_model kind)
{
    uart_model = kind;
    uart_model.trigger = 1;
}

bool uart_model_listens(void)
{
    return uart_model.modem_control & MODEM_REQUEST;
}

void uart_model_comes(uint8_t byte, uint8_t errors)
{
    struct uart_model *uart = &uart_model;
    uart->errors |= errors & ERRORS;
    if (uart->received_count == fifo_size()) {
        uart->errors |= LINE_STATUS_OVERRUN;
    } else {
        uart->received[uart->received_count++] = byte;
    }
    uart->is_waiting = false;
    settle();
}

void uart_model_pauses(void)
{
    uart_model.is_waiting = uart_model.fifos_on;
    settle();
}

void uart_model_lines(uint8_t status)
{
    uart_model.has_changed |= status != uart_model.modem_status;
    uart_model.modem_status = status;
    settle();
}

void uart_model_sends(void)
{
    struct uart_model *uart = &uart_model;
    if (uart->to_send_count == 0) {
        return;
    }
    assert_true(uart->sent_count < UART_MODEL_SENT_MAX);
    uart->sent[uart->sent_count++] = uart->to_send[0];
    uart->to_send_count--;
    memmove(uart->to_send, uart->to_send + 1, uart->to_send_count);
    uart->has_sent = uart->to_send_count == 0;
    settle();
}
