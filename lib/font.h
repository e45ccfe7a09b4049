/* SPDX-License-Identifier: MIT */
/*
 * A bitmap font in PSF, version 1 or 2: glyphs 8 pixels wide, the highest bit on the left. The early
 * screen draws with it, and the driver of the framebuffer.
 */
#pragma once
#include <j6/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct font {
    const uint8_t *glyphs;
    uint32_t count;
    uint32_t height; /* pixels, and bytes of a glyph */
    /*
     * The Unicode table: for each glyph the characters that it shows; NULL: there is none. In version 1
     * words, each list ended by 0xffff, in version 2 UTF-8, ended by 0xff; from 0xfffe or 0xfe on, a list
     * holds sequences of several.
     */
    const uint8_t *names;
    size_t names_len; /* bytes */
    bool names_are_utf8;
};

/* Finds the glyphs in `len` bytes of PSF, which must stay; invalid_arg when they aren't that. */
J6_MUST_USE j6_status_t font_read(const void *psf, size_t len, struct font *out_font);

/* The rows of a character; what the font doesn't have and what isn't ASCII is a question mark. */
const uint8_t *font_glyph(const struct font *font, char character);
