/* SPDX-License-Identifier: MIT */
/*
 * Port 0xe9 as a console: what is written there, emulators show or keep (QEMU with -debugcon, Bochs
 * with port_e9_hack). It reads as its own number; a machine without one reads 0xff.
 */
#pragma once
#include <stdbool.h>

#include "kernel/base/console.h"

/* Whether the port is there. */
bool debug_port_answers(void);

/* False when it isn't; else `console` is ready for console_add. */
bool debug_port_init(struct console *console);
