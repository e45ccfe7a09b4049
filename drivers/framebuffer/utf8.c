/* SPDX-License-Identifier: MIT */
/*
 * The well-formed byte sequences (Unicode 15, table 3-7): the second byte's range leaves out characters
 * that would have a shorter form, surrogates, and what lies beyond U+10FFFF.
 */
#include "drivers/framebuffer/utf8.h"

#include <stdbool.h>

static const struct lead {
    uint8_t first, last;
    uint8_t left;
    uint8_t low, high; /* of the second byte */
} leads[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static bool begin(struct utf8 *utf8, uint8_t byte)
{
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
        const struct lead *lead = &leads[i];
        if (byte >= lead->first && byte <= lead->last) {
            *utf8 = (struct utf8){
                .character = byte & (0x3fu >> lead->left),
                .left = lead->left,
                .low = lead->low,
                .high = lead->high,
            };
            return true;
        }
    }
    return false;
}

static size_t go_on(struct utf8 *utf8, uint8_t byte, uint32_t out[2])
{
    utf8->character = utf8->character << 6 | (byte & 0x3f);
    utf8->low = 0x80;
    utf8->high = 0xbf;
    utf8->left--;
    out[0] = utf8->character;
    return utf8->left == 0 ? 1 : 0;
}

size_t utf8_take(struct utf8 *utf8, uint8_t byte, uint32_t out[2])
{
    if (utf8->left != 0 && byte >= utf8->low && byte <= utf8->high) {
        return go_on(utf8, byte, out);
    }
    size_t count = utf8_end(utf8, out);
    if (byte < 0x80) {
        out[count++] = byte;
    } else if (!begin(utf8, byte)) {
        out[count++] = UTF8_REPLACEMENT;
    }
    return count;
}

size_t utf8_end(struct utf8 *utf8, uint32_t out[1])
{
    if (utf8->left == 0) {
        return 0;
    }
    utf8->left = 0;
    out[0] = UTF8_REPLACEMENT;
    return 1;
}
