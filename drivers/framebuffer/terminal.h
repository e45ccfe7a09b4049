/* SPDX-License-Identifier: MIT */
/*
 * Text onto the grid: a place where the next character goes, lines that wrap and scroll. Newline, carriage
 * return, tab (to the next multiple of 8) and backspace move that place, and sequences choose a colour
 * (lib/sgr.h); other control characters do nothing. A character that fills a line leaves the place behind it: the next one wraps.
 *
 * Several write: who wasn't the last one begins a line of its own, without a colour.
 */
#pragma once
#include "drivers/framebuffer/grid.h"
#include "drivers/framebuffer/utf8.h"
#include "lib/sgr.h"

struct terminal {
    struct grid *grid;
    uint32_t row;
    uint32_t column;
    const void *writer; /* who wrote last, unless he has left */
    struct sgr sgr;     /* his colour */
};

void terminal_init(struct terminal *terminal, struct grid *grid);

/* What is written next is this writer's. */
void terminal_begin(struct terminal *terminal, const void *writer);

/* That writer doesn't come back: whoever is next begins a line, even if he looks the same. */
void terminal_leave(struct terminal *terminal, const void *writer);

void terminal_put(struct terminal *terminal, uint32_t character, uint32_t severity);

/* UTF-8, of which `utf8` has what came of the last character. */
void terminal_write(struct terminal *terminal, struct utf8 *utf8, uint32_t severity,
                    const char *text, size_t len);

/* Nothing more comes: a character that has broken off is shown as such. */
void terminal_end(struct terminal *terminal, struct utf8 *utf8, uint32_t severity);
