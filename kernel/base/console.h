/* SPDX-License-Identifier: MIT */
/*
 * Consoles show the log while the kernel has the device: COM1, an emulator's debug port, the early
 * screen. Each is a reader of the ring with a place of its own, so one that is added late begins with
 * the first entry.
 *
 * Rules for consoles:
 * - Entries look as lib/log_line.h says. What is less severe than the verbosity isn't shown.
 * - One CPU at a time writes to consoles; who appends to the log meanwhile leaves the entry to it.
 *   So `write` may take long, but must neither block nor log.
 * - A released console is silent, except in a panic, which takes the device back.
 */
#pragma once
#include <j6/flags.h>
#include <j6/log.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct console {
    /* Immutable after console_add */
    void (*write)(void *context, enum j6_log_severity severity, const char *text, size_t len);
    void (*reset)(void *context); /* takes the device back in whatever state it was left */
    void *context;
    uint32_t first_port; /* the device's I/O ports … */
    uint32_t port_count; /* … 0: it has none */
    uint64_t first_phys; /* its memory, physical addresses … */
    uint64_t phys_size;  /* … 0: it has none */
    struct console *next;

    /* Guarded by the right to write */
    uint64_t seen; /* id of the last entry shown */
    bool released;
};

/* Adds a console, for ever, and shows on it what the log holds. Boot, one CPU at a time. */
void console_add(struct console *console);

/* Hands the device over: when this returns the kernel doesn't touch it any more. Not from NMI. */
void console_release(struct console *console);

/* The same with every console that has one of these ports, or some of this memory. */
void console_release_ports(uint32_t first, uint32_t count);
void console_release_phys(uint64_t first, uint64_t size);

/* The id of the last entry shown on a console that lies in the range; false: there is none. */
bool console_shown(const struct j6_range *range, uint64_t *out_id);

/* Entries up to this severity are shown; `info` at first. */
void console_set_verbosity(enum j6_log_severity severity);

/* Shows what is new; in any context. */
void console_flush(void);

/* In a panic, once: takes all consoles back from whoever has them; nothing else is shown from now. */
void console_panic_begin(void);

/* Writes to all consoles, without regard for anybody; after console_panic_begin. */
void console_panic_write(const char *text, size_t len);

/* Shows the last `count` entries of the log once more, indented; after console_panic_begin. */
void console_panic_tail(uint64_t count);
