/* SPDX-License-Identifier: MIT */
/* A bitmap font in PSF, version 1 or 2: glyphs 8 pixels wide, the highest bit on the left. */
#pragma once
#include <j6/status.h>
#include <stddef.h>
#include <stdint.h>

struct font {
    const uint8_t *glyphs;
    uint32_t count;
    uint32_t height; /* pixels, and bytes of a glyph */
};

/* Finds the glyphs in `len` bytes of PSF, which must stay; invalid_arg when they aren't that. */
J6_MUST_USE j6_status_t font_read(const void *psf, size_t len, struct font *out_font);

/* The rows of a character; what the font doesn't have and what isn't ASCII is a question mark. */
const uint8_t *font_glyph(const struct font *font, char character);
