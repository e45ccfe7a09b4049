/* SPDX-License-Identifier: MIT */
/*
 * The two headers of PSF. A glyph is taken by its number here: in the fonts that we link those of
 * ASCII are where ASCII has them. Who wants the others reads the Unicode table.
 */
#include "lib/font.h"

enum { PSF1_MAGIC = 0x0436, PSF1_MODE_512 = 1, PSF1_MODE_NAMES = 2 | 4 };
enum { PSF2_FLAG_NAMES = 1 };
#define PSF2_MAGIC 0x864ab572

enum { FONT_HEIGHT_MAX = 32 };

struct psf1 {
    uint16_t magic;
    uint8_t mode;
    uint8_t height;
} __attribute__((packed));

struct psf2 {
    uint32_t magic;
    uint32_t version;
    uint32_t head_size;
    uint32_t flags;
    uint32_t count;
    uint32_t glyph_size;
    uint32_t height;
    uint32_t width;
} __attribute__((packed));

j6_status_t font_read(const void *psf, size_t len, struct font *out_font)
{
    const struct psf1 *one = psf;
    const struct psf2 *two = psf;
    struct font font = {0};
    size_t head_size;
    bool named;
    if (len >= sizeof(*two) && two->magic == PSF2_MAGIC) {
        head_size = two->head_size;
        font.count = two->count;
        font.height = two->height;
        font.names_are_utf8 = true;
        named = (two->flags & PSF2_FLAG_NAMES) != 0;
        if (two->width != 8 || two->glyph_size != two->height) {
            return j6_err_invalid_arg;
        }
    } else if (len >= sizeof(*one) && one->magic == PSF1_MAGIC) {
        head_size = sizeof(*one);
        font.count = (one->mode & PSF1_MODE_512) != 0 ? 512 : 256;
        font.height = one->height;
        named = (one->mode & PSF1_MODE_NAMES) != 0;
    } else {
        return j6_err_invalid_arg;
    }
    if (font.height == 0 || font.height > FONT_HEIGHT_MAX || font.count <= '~' || head_size > len ||
        font.count > (len - head_size) / font.height) {
        return j6_err_invalid_arg;
    }
    size_t glyphs_len = (size_t)font.count * font.height;
    font.glyphs = (const uint8_t *)psf + head_size;
    if (named) {
        font.names = font.glyphs + glyphs_len;
        font.names_len = len - head_size - glyphs_len;
    }
    *out_font = font;
    return j6_status_ok;
}

const uint8_t *font_glyph(const struct font *font, char character)
{
    bool ascii = character >= ' ' && character <= '~';
    return font->glyphs + (size_t)(ascii ? character : '?') * font->height;
}
