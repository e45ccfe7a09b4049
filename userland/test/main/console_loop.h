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

/* A terminal at COM2; false, and the test is skipped: there is none. */
bool loop_open(void);
void loop_close(void);

/* In a loop RTS is CTS, and OUT2 the carrier. */
enum {
    LOOP_ALL = MODEM_READY | MODEM_REQUEST | MODEM_IRQ,
    LOOP_STOPPED = MODEM_READY | MODEM_IRQ,
    LOOP_HUNG_UP = MODEM_READY | MODEM_REQUEST,
};

/* Sets the lines, and lets the terminal look at them. */
void loop_lines(const struct console_job *job, uint8_t lines);

/* Another driver, after console_kill. */
void loop_start(void);

/* A job in that mode: it isn't typed to before it has it. */
void loop_job_open(struct console_job *job, j6_handle_t from, uint64_t flags, uint64_t mode);

/* The first one, in the foreground. */
void loop_shell_open(struct console_job *job, uint64_t mode);

/* Reads exactly that text. */
void expect_input(j6_handle_t input, const char *text);
void expect_no_input(j6_handle_t input);
void expect_end(j6_handle_t input);

/* Waits for the signal, and clears it. */
void await_signal(j6_handle_t event, uint64_t signal);
