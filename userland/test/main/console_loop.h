/* SPDX-License-Identifier: MIT */
/*
 * A terminal whose UART is in its loop: what a job writes is what is typed, to whoever is the foreground. So that
 * nothing goes round twice, jobs neither echo nor return to the left at newlines. An emulator's loop takes no more than
 * the FIFO holds; what is longer is typed from outside.
 */
#pragma once
#include "userland/test/main/console.h"
#include <j6/uart_device.h>

enum { QUIET_LINES = terminal_mode_lines | terminal_mode_interrupt | terminal_mode_return };

extern struct console loop_console;

/* A test with a terminal at COM2, or it is skipped. What jobs it has open at its end are closed. */
#define LOOP_TEST(sentence)              \
    static void sentence##_looped(void); \
    SYSTEM_TEST(sentence)                \
    {                                    \
        loop_run(sentence##_looped);     \
    }                                    \
    static void sentence##_looped(void)

void loop_run(void (*test)(void));

/* In a loop RTS is CTS, and OUT2 the carrier. */
enum {
    LOOP_ALL = MODEM_READY | MODEM_REQUEST | MODEM_IRQ,
    LOOP_STOPPED = MODEM_READY | MODEM_IRQ,
    LOOP_HUNG_UP = MODEM_READY | MODEM_REQUEST,
};

/* Sets the lines, and lets the terminal look at them; before, all are on: those that never were don't count. */
void loop_lines(const struct console_job *job, uint8_t lines);

/* Another driver, after console_kill. */
void loop_start(void);

/* A job in that mode, in the background; up to 4 at once. */
struct console_job *loop_job(j6_handle_t from, uint64_t mode);

/* One in the foreground: it isn't typed to before it has its mode. */
struct console_job *loop_command(j6_handle_t from, uint64_t mode);

/* The first one, in the foreground. */
struct console_job *loop_shell(uint64_t mode);

/* Reads exactly that text; or waits for some, and leaves it there. */
void expect_input(j6_handle_t input, const char *text);
void await_input(j6_handle_t input);
void expect_no_input(j6_handle_t input);
void expect_end(j6_handle_t input);

/* Waits for the signal, and clears it. */
void await_signal(j6_handle_t event, uint64_t signal);
