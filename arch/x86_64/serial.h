/* SPDX-License-Identifier: MIT */
/*
 * COM1 as a console: a polled 16550 at 115200 bits per second. A machine without one reads 0xff
 * there; that is found out, and no wait is without a bound.
 */
#pragma once
#include <stdbool.h>

#include "kernel/base/console.h"

/* Sets COM1 up. False when there is none; else `console` is ready for console_add. */
bool serial_init(struct console *console);
