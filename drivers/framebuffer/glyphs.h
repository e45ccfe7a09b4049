/* SPDX-License-Identifier: MIT */
/*
 * Which glyph shows a character. ASCII is where the font has it, other characters are looked up in its
 * Unicode table; what it doesn't have is a box.
 */
#pragma once
#include "lib/font.h"
#include <stdint.h>

enum {
    GLYPH_WIDTH = 8,
    GLYPH_HEIGHT_MAX = 32,
    GLYPH_BOX = 0xffff, /* the number that a box has; no font has so many glyphs */
    GLYPH_NAMES_BITS = 11,
    GLYPH_NAMES_MAX = 3 << (GLYPH_NAMES_BITS - 2), /* of a font with more, the others are boxes */
};

/* A hash table of the characters beyond ASCII. */
struct glyphs {
    struct font font;
    uint32_t name_count;
    struct glyph_name {
        uint32_t character; /* 0: an empty slot */
        uint32_t glyph;
    } names[1 << GLYPH_NAMES_BITS];
    uint8_t box[GLYPH_HEIGHT_MAX];
};

void glyphs_init(struct glyphs *glyphs, const struct font *font);

/* The number of the glyph for a character. */
uint32_t glyphs_find(const struct glyphs *glyphs, uint32_t character);

/* Its rows, font.height bytes, the highest bit on the left. */
static inline const uint8_t *glyphs_rows(const struct glyphs *glyphs, uint32_t glyph)
{
    return glyph == GLYPH_BOX ? glyphs->box : glyphs->font.glyphs + glyph * glyphs->font.height;
}
