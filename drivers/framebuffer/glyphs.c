/* SPDX-License-Identifier: MIT */
/*
 * Reads the Unicode table of the font into a hash table with linear probing. Only single characters
 * count; a sequence (a letter with its accents) ends the list of its glyph for us.
 */
#include "drivers/framebuffer/glyphs.h"
#include "drivers/framebuffer/utf8.h"

enum { WORDS_SEQUENCE = 0xfffe, WORDS_END = 0xffff, BYTES_SEQUENCE = 0xfe, BYTES_END = 0xff };

static uint32_t slot_of(uint32_t character)
{
    return character * 0x9e3779b1u >> (32 - GLYPH_NAMES_BITS);
}

static uint32_t next_slot(uint32_t slot)
{
    return (slot + 1) & ((1 << GLYPH_NAMES_BITS) - 1);
}

/* The first glyph with the name counts. */
static void name_add(struct glyphs *glyphs, uint32_t character, uint32_t glyph)
{
    if (character < 0x80 || glyph >= glyphs->font.count || glyphs->name_count == GLYPH_NAMES_MAX) {
        return;
    }
    uint32_t slot = slot_of(character);
    for (; glyphs->names[slot].character != 0; slot = next_slot(slot)) {
        if (glyphs->names[slot].character == character) {
            return;
        }
    }
    glyphs->names[slot] = (struct glyph_name){character, glyph};
    glyphs->name_count++;
}

static void read_words(struct glyphs *glyphs, const uint8_t *table, size_t len)
{
    uint32_t glyph = 0;
    bool sequences = false;
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint32_t word = table[i] | (uint32_t)table[i + 1] << 8;
        if (word == WORDS_END) {
            glyph++;
            sequences = false;
        } else if (word == WORDS_SEQUENCE) {
            sequences = true;
        } else if (!sequences) {
            name_add(glyphs, word, glyph);
        }
    }
}

static void read_bytes(struct glyphs *glyphs, const uint8_t *table, size_t len)
{
    struct utf8 utf8 = {0};
    uint32_t glyph = 0;
    bool sequences = false;
    for (size_t i = 0; i < len; i++) {
        uint32_t characters[2];
        if (table[i] == BYTES_END) {
            glyph++;
            sequences = false;
        } else if (table[i] == BYTES_SEQUENCE) {
            sequences = true;
        } else if (!sequences && utf8_take(&utf8, table[i], characters) == 1) {
            name_add(glyphs, characters[0], glyph);
        }
    }
}

static void draw_box(struct glyphs *glyphs)
{
    uint32_t last = glyphs->font.height - 1;
    for (uint32_t y = 1; y < last; y++) {
        glyphs->box[y] = y == 1 || y == last - 1 ? 0x7e : 0x42;
    }
}

void glyphs_init(struct glyphs *glyphs, const struct font *font)
{
    *glyphs = (struct glyphs){.font = *font};
    if (font->count > GLYPH_BOX) {
        glyphs->font.count = GLYPH_BOX;
    }
    draw_box(glyphs);
    if (font->names_are_utf8) {
        read_bytes(glyphs, font->names, font->names_len);
    } else {
        read_words(glyphs, font->names, font->names_len);
    }
}

uint32_t glyphs_find(const struct glyphs *glyphs, uint32_t character)
{
    if (character >= ' ' && character <= '~') {
        return character;
    }
    for (uint32_t slot = slot_of(character); glyphs->names[slot].character != 0;
         slot = next_slot(slot)) {
        if (glyphs->names[slot].character == character) {
            return glyphs->names[slot].glyph;
        }
    }
    return GLYPH_BOX;
}
