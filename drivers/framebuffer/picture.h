/* SPDX-License-Identifier: MIT */
/*
 * Cells of text as pixels in the framebuffer, of 2, 3 or 4 bytes, with the colours wherever in them.
 *
 * The framebuffer is only written, and each line of pixels of a run of cells from left to right: that
 * is what write-combining memory is fast at. What is never covered by cells is black.
 */
#pragma once
#include "drivers/framebuffer/glyphs.h"
#include "lib/log_line.h"
#include <j6/start.h>

enum { CELL_BLANK = ' ' };

/*
 * A character at its place on the screen: the number of its glyph, and its row of log_colours. Blanks
 * are all alike.
 */
static inline uint32_t cell_make(uint32_t glyph, uint32_t colour)
{
    return glyph == CELL_BLANK ? CELL_BLANK : colour << 16 | glyph;
}

struct picture {
    /* Immutable after picture_init */
    const struct glyphs *glyphs;
    uint8_t *memory;
    struct j6_framebuffer framebuffer;
    uint32_t pixel_size; /* bytes */
    uint32_t columns;
    uint32_t rows;
    uint8_t pens[LOG_COLOURS][16][16]; /* four pixels for each four bits of a glyph */
};

/*
 * Takes the framebuffer, pitch × height bytes at `memory`. invalid_arg when its pixels aren't of 2 to 4
 * bytes, or there is no room for one character.
 */
J6_MUST_USE j6_status_t picture_init(struct picture *picture, uint8_t *memory,
                                     const struct j6_framebuffer *framebuffer,
                                     const struct glyphs *glyphs);

/* Makes black what no cell covers, at the right and at the bottom. */
void picture_clear_margins(const struct picture *picture);

/* Draws `count` cells of a row, from a column on. */
void picture_draw(const struct picture *picture, uint32_t row, uint32_t column,
                  const uint32_t *cells, uint32_t count);
