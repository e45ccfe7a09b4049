/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/libdriver/uart.c tests/host/uart_model.c */
/* The driver of a UART beside a model of the chip: it hears of it by edges of the interrupt line alone. */
#include <j6/uart.h>
#include <j6/uart_device.h>
#include "tests/host/uart_model.h"
#include <test.h>
#include <test_random.h>

enum {
    BYTES = 50000,
    LONG_WHILE = 30000,
    LATE = 500, /* bytes that the other side sends behind its being told to stop */
};

static struct uart uart;
static size_t interrupts;

static void start(struct uart_model kind)
{
    interrupts = 0;
    uart_model_reset(kind);
    assert_true(uart_answers(UART_MODEL_BASE));
    uart_start(&uart, UART_MODEL_BASE);
}

/* As main.c does it. */
static void echo_at_interrupts(void)
{
    for (; uart_model_interrupts(); interrupts++) {
        uart_serve(&uart);
        while (ring_count(&uart.received) > 0 && ring_room(&uart.to_send) > 0) {
            ring_put(&uart.to_send, ring_take(&uart.received));
        }
        uart_continue(&uart);
    }
}

static uint8_t byte_of(size_t number)
{
    return (uint8_t)(number * 7 + number / 256);
}

static void come(size_t number)
{
    uart_model_comes(byte_of(number), 0);
    echo_at_interrupts();
}

/* All that came has gone out, in its order. */
static void expect_echo(size_t count)
{
    uart_model_pauses();
    echo_at_interrupts();
    for (size_t i = 0; i < 2 * count; i++) {
        uart_model_sends();
        echo_at_interrupts();
    }
    assert_int_equal(uart_model.sent_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(uart_model.sent[i], byte_of(i));
    }
    assert_int_equal(uart.errors.overruns, 0);
}

/* ---- the start ------------------------------------------------------------------------------ */

static void uart_is_found_where_one_answers(void **state)
{
    (void)state;
    uart_model_reset((struct uart_model){.absent = true});
    assert_false(uart_answers(UART_MODEL_BASE));
    uart_model_reset((struct uart_model){.no_fifos = true});
    assert_true(uart_answers(UART_MODEL_BASE));
}

static void uart_starts_from_whatever_state_it_was_left_in(void **state)
{
    (void)state;
    start((struct uart_model){.line_control = 0xff,
                              .irq_enable = 0x0f,
                              .modem_control = 0x1f,
                              .errors = LINE_STATUS_OVERRUN,
                              .received_count = 5,
                              .has_sent = true,
                              .divisor = 0x1234});
    assert_int_equal(uart_model.divisor, UART_DIVISOR_115200);
    assert_int_equal(uart_model.line_control, LINE_8_BITS);
    assert_int_equal(uart_model.modem_control, MODEM_READY | MODEM_REQUEST | MODEM_IRQ);
    assert_int_equal(uart_model.irq_enable,
                     IRQ_ENABLE_RECEIVED | IRQ_ENABLE_ERROR | IRQ_ENABLE_MODEM);
    assert_false(uart_model.line);
    assert_int_equal(uart.errors.overruns, 0);
    come(0);
    expect_echo(1);
}

static void uart_takes_what_came_before_it_was_started(void **state)
{
    (void)state;
    start((struct uart_model){
        .fifos_on = true, .received = {0, 7, 14}, .received_count = 3, .has_sent = true});
    echo_at_interrupts();
    expect_echo(3);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void expect_echo_of_some(struct uart_model kind)
{
    start(kind);
    for (size_t i = 0; i < BYTES; i++) {
        come(i);
        uart_model_sends();
        echo_at_interrupts();
    }
    expect_echo(BYTES);
}

static void uart_echoes_what_comes_as_fast_as_it_goes_out(void **state)
{
    (void)state;
    expect_echo_of_some((struct uart_model){0});
}

static void uart_echoes_without_fifos(void **state)
{
    (void)state;
    expect_echo_of_some((struct uart_model){.no_fifos = true});
}

static void uart_echoes_where_an_idle_transmitter_raises_no_interrupt(void **state)
{
    (void)state;
    expect_echo_of_some((struct uart_model){.lazy = true});
}

static void uart_echoes_16_bytes_with_one_interrupt(void **state)
{
    (void)state;
    start((struct uart_model){0});
    for (size_t i = 0; i < 7; i++) {
        uart_model_comes(byte_of(i), 0);
        assert_false(uart_model_interrupts());
    }
    uart_model_comes(byte_of(7), 0);
    for (size_t i = 8; i < UART_FIFO_SIZE; i++) {
        uart_model_comes(byte_of(i), 0);
    }
    echo_at_interrupts();
    assert_int_equal(uart_model.to_send_count, UART_FIFO_SIZE);
    expect_echo(UART_FIFO_SIZE);
    assert_int_equal(interrupts, 1);
}

/* Nothing goes out until both rings are full. */
static void uart_tells_the_other_side_to_stop_and_loses_nothing(void **state)
{
    (void)state;
    size_t count = 0;
    start((struct uart_model){0});
    while (uart_model_listens() && count < BYTES) {
        come(count++);
    }
    for (size_t i = 0; i < LATE; i++) {
        come(count++);
    }
    assert_in_range(count, 2 * RING_SIZE - LATE, 2 * RING_SIZE + 2 * UART_FIFO_SIZE);
    assert_false(uart_model_listens());
    for (size_t sent = 0; !uart_model_listens(); sent++) {
        assert_in_range(sent, 0, 3 * LATE);
        uart_model_sends();
        echo_at_interrupts();
    }
    expect_echo(count);
}

/* Something happens on the line, as long as the other side minds RTS and has more to send. */
static size_t came;
static uint64_t flood; /* how many of 3 times a byte comes, if one may */

static void happen(void)
{
    bool may_come = came < BYTES && uart_model_listens() &&
                    uart_model.received_count < (uart_model.fifos_on ? UART_MODEL_FIFO : 1);
    if (may_come && test_random_below(3) < flood) {
        uart_model_comes(byte_of(came++), 0);
    } else if (test_random_below(8) == 0) {
        uart_model_pauses();
    } else {
        uart_model_sends();
    }
}

static void happen_for_a_while(void)
{
    flood = test_random_below(4);
    for (uint64_t i = test_random_below(LONG_WHILE); i > 0; i--) {
        happen();
        echo_at_interrupts();
    }
}

static void uart_loses_nothing_whatever_happens_between_two_interrupts(void **state)
{
    (void)state;
    test_random_begin();
    for (int kind = 0; kind < 4; kind++) {
        start((struct uart_model){.no_fifos = kind & 1, .lazy = kind & 2});
        for (came = 0; came < BYTES;) {
            happen_for_a_while();
        }
        expect_echo(BYTES);
    }
}

static void uart_loses_nothing_whatever_happens_between_two_accesses(void **state)
{
    (void)state;
    test_random_begin();
    for (int kind = 0; kind < 4; kind++) {
        start((struct uart_model){.no_fifos = kind & 1, .lazy = kind & 2});
        uart_model.meanwhile = happen;
        for (came = 0; came < BYTES;) {
            happen_for_a_while();
        }
        uart_model.meanwhile = NULL;
        expect_echo(BYTES);
    }
}

/* ---- errors --------------------------------------------------------------------------------- */

static void uart_counts_the_errors_of_its_line(void **state)
{
    (void)state;
    start((struct uart_model){0});
    uart_model_comes('a', LINE_STATUS_PARITY);
    echo_at_interrupts();
    uart_model_comes('b', LINE_STATUS_FRAMING);
    echo_at_interrupts();
    uart_model_comes(0, LINE_STATUS_FRAMING | LINE_STATUS_BREAK);
    echo_at_interrupts();
    assert_int_equal(uart.errors.parity, 1);
    assert_int_equal(uart.errors.framing, 2);
    assert_int_equal(uart.errors.breaks, 1);
    assert_int_equal(uart.errors.overruns, 0);
}

static void uart_counts_overruns_and_goes_on(void **state)
{
    (void)state;
    start((struct uart_model){0});
    for (size_t i = 0; i < UART_FIFO_SIZE + 1; i++) {
        uart_model_comes((uint8_t)i, 0);
    }
    echo_at_interrupts();
    assert_int_equal(uart.errors.overruns, 1);
    for (size_t i = 0; i < UART_FIFO_SIZE; i++) {
        uart_model_sends();
    }
    uart_model.sent_count = 0;
    come(0);
    uart.errors.overruns = 0;
    expect_echo(1);
}

/* What the other side sends though it was told to stop. */
static void uart_that_is_full_counts_overruns_and_takes_the_rest_later(void **state)
{
    (void)state;
    size_t count = 0;
    start((struct uart_model){0});
    while (ring_room(&uart.received) > 0) {
        come(count++);
    }
    assert_false(uart_model_listens());
    while (uart_model.received_count < UART_FIFO_SIZE) {
        come(count++);
    }
    come(count);
    assert_int_equal(uart.errors.overruns, 1);
    uart.errors.overruns = 0;
    expect_echo(count);
}

/* ---- devices that are none any more --------------------------------------------------------- */

static void uart_that_vanishes_counts_as_a_line_that_was_hung_up(void **state)
{
    (void)state;
    start((struct uart_model){0});
    come(0);
    expect_echo(1);
    uart_model.absent = true;
    ring_put(&uart.to_send, 1);
    uart_continue(&uart);
    assert_true(uart_has_hung_up(&uart));
    assert_int_equal(ring_count(&uart.to_send), 1);
    uart_serve(&uart);
    assert_int_equal(ring_count(&uart.received), 0);
}

static void uart_whose_interrupt_has_no_end_is_left_alone(void **state)
{
    (void)state;
    start((struct uart_model){.stuck = true});
    echo_at_interrupts();
    assert_true(uart_has_hung_up(&uart));
    assert_int_equal(uart_model.irq_enable, 0);
    uart_continue(&uart);
    assert_int_equal(uart_model.irq_enable, 0);
}

/* ---- the other side's lines ------------------------------------------------------------------ */

static void uart_sends_while_the_other_side_is_clear(void **state)
{
    size_t count = 0;
    (void)state;
    start((struct uart_model){.modem_status = MODEM_STATUS_CLEAR_TO_SEND});
    uart_model_lines(0);
    echo_at_interrupts();
    assert_true(uart_is_stopped(&uart));
    while (count < 100) {
        come(count++);
    }
    for (size_t i = 0; i < count; i++) {
        uart_model_sends();
        echo_at_interrupts();
    }
    assert_int_equal(uart_model.sent_count, 0);
    uart_model_lines(MODEM_STATUS_CLEAR_TO_SEND);
    echo_at_interrupts();
    assert_false(uart_is_stopped(&uart));
    expect_echo(count);
}

/* A cable of three wires. */
static void uart_goes_by_no_line_that_was_never_on(void **state)
{
    (void)state;
    start((struct uart_model){0});
    assert_false(uart_is_stopped(&uart) || uart_has_hung_up(&uart));
    come(0);
    expect_echo(1);
}

/* An emulator's lines change without an interrupt. */
static void uart_sees_lines_that_it_is_not_told_of(void **state)
{
    (void)state;
    start((struct uart_model){.modem_status = MODEM_STATUS_CARRIER});
    uart_model.modem_status = 0;
    assert_false(uart_has_hung_up(&uart));
    uart_look(&uart);
    assert_true(uart_has_hung_up(&uart));
}

static void uart_tells_that_the_other_side_has_hung_up(void **state)
{
    (void)state;
    start((struct uart_model){0});
    uart_model_lines(MODEM_STATUS_CARRIER);
    echo_at_interrupts();
    assert_false(uart_has_hung_up(&uart));
    uart_model_lines(0);
    echo_at_interrupts();
    assert_true(uart_has_hung_up(&uart));
    uart_model_lines(MODEM_STATUS_CARRIER);
    echo_at_interrupts();
    assert_false(uart_has_hung_up(&uart));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uart_is_found_where_one_answers),
        cmocka_unit_test(uart_starts_from_whatever_state_it_was_left_in),
        cmocka_unit_test(uart_takes_what_came_before_it_was_started),
        cmocka_unit_test(uart_echoes_what_comes_as_fast_as_it_goes_out),
        cmocka_unit_test(uart_echoes_without_fifos),
        cmocka_unit_test(uart_echoes_where_an_idle_transmitter_raises_no_interrupt),
        cmocka_unit_test(uart_echoes_16_bytes_with_one_interrupt),
        cmocka_unit_test(uart_tells_the_other_side_to_stop_and_loses_nothing),
        cmocka_unit_test(uart_loses_nothing_whatever_happens_between_two_interrupts),
        cmocka_unit_test(uart_loses_nothing_whatever_happens_between_two_accesses),
        cmocka_unit_test(uart_counts_the_errors_of_its_line),
        cmocka_unit_test(uart_counts_overruns_and_goes_on),
        cmocka_unit_test(uart_that_is_full_counts_overruns_and_takes_the_rest_later),
        cmocka_unit_test(uart_that_vanishes_counts_as_a_line_that_was_hung_up),
        cmocka_unit_test(uart_whose_interrupt_has_no_end_is_left_alone),
        cmocka_unit_test(uart_sends_while_the_other_side_is_clear),
        cmocka_unit_test(uart_goes_by_no_line_that_was_never_on),
        cmocka_unit_test(uart_sees_lines_that_it_is_not_told_of),
        cmocka_unit_test(uart_tells_that_the_other_side_has_hung_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
