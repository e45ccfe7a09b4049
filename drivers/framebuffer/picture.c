/* SPDX-License-Identifier: MIT */
/* Pixels come out of a table, four at a time; a run of cells is drawn in pieces, each line by line. */
#include "drivers/framebuffer/picture.h"
#include "lib/log_line.h"
#include "lib/pixel.h"
#include "lib/string.h"

enum { PIECE_MAX = 32, PIXEL_SIZE_MAX = 4 };

/* A cell, ready to be drawn. */
struct stroke {
    const uint8_t *rows;
    const uint8_t (*pen)[16];
};

/* The size of a pixel is a constant where this is used: each copy is a few stores. */
static inline __attribute__((always_inline)) void
draw_piece(const struct picture *picture, uint8_t *line, const struct stroke *strokes,
           uint32_t count, const size_t pixel_size)
{
    const size_t half = pixel_size * GLYPH_WIDTH / 2;
    for (uint32_t y = 0; y < picture->glyphs->font.height; y++) {
        uint8_t *at = line;
        for (uint32_t i = 0; i < count; i++) {
            uint8_t bits = strokes[i].rows[y];
            __builtin_memcpy(at, strokes[i].pen[bits >> 4], half);
            __builtin_memcpy(at + half, strokes[i].pen[bits & 15], half);
            at += 2 * half;
        }
        line += picture->framebuffer.pitch;
    }
}

void picture_draw(const struct picture *picture, uint32_t row, uint32_t column,
                  const uint32_t *cells, uint32_t count)
{
    struct stroke strokes[PIECE_MAX];
    uint32_t height = picture->glyphs->font.height;
    uint8_t *at = picture->memory + (size_t)row * height * picture->framebuffer.pitch +
                  (size_t)column * GLYPH_WIDTH * picture->pixel_size;
    while (count != 0) {
        uint32_t piece = count < PIECE_MAX ? count : PIECE_MAX;
        for (uint32_t i = 0; i < piece; i++) {
            strokes[i].rows = glyphs_rows(picture->glyphs, cells[i] & 0xffff);
            strokes[i].pen = picture->pens[cells[i] >> 16];
        }
        switch (picture->pixel_size) {
        case 2: draw_piece(picture, at, strokes, piece, 2); break;
        case 3: draw_piece(picture, at, strokes, piece, 3); break;
        default: draw_piece(picture, at, strokes, piece, 4);
        }
        at += piece * GLYPH_WIDTH * picture->pixel_size;
        cells += piece;
        count -= piece;
    }
}

void picture_clear_margins(const struct picture *picture)
{
    size_t pitch = picture->framebuffer.pitch;
    size_t drawn = (size_t)picture->columns * GLYPH_WIDTH * picture->pixel_size;
    size_t width = (size_t)picture->framebuffer.width * picture->pixel_size;
    uint32_t height = picture->rows * picture->glyphs->font.height;
    for (uint32_t y = 0; y < picture->framebuffer.height; y++) {
        size_t from = y < height ? drawn : 0;
        memset(picture->memory + y * pitch + from, 0, width - from);
    }
}

static uint32_t pixel_of(const struct j6_framebuffer *framebuffer, const struct log_colour *colour)
{
    return pixel_component(colour->red, framebuffer->red_position, framebuffer->red_size) |
           pixel_component(colour->green, framebuffer->green_position, framebuffer->green_size) |
           pixel_component(colour->blue, framebuffer->blue_position, framebuffer->blue_size);
}

static void make_pen(struct picture *picture, uint32_t colour)
{
    uint32_t pixel = pixel_of(&picture->framebuffer, &log_colours[colour]);
    for (uint32_t bits = 0; bits < 16; bits++) {
        uint8_t *at = picture->pens[colour][bits];
        for (uint32_t mask = 8; mask != 0; mask >>= 1, at += picture->pixel_size) {
            for (uint32_t i = 0; i < picture->pixel_size; i++) {
                at[i] = (bits & mask) != 0 ? (uint8_t)(pixel >> 8 * i) : 0;
            }
        }
    }
}

j6_status_t picture_init(struct picture *picture, uint8_t *memory,
                         const struct j6_framebuffer *framebuffer, const struct glyphs *glyphs)
{
    *picture = (struct picture){
        .glyphs = glyphs,
        .memory = memory,
        .framebuffer = *framebuffer,
        .pixel_size = (framebuffer->bits_per_pixel + 7) / 8,
        .columns = framebuffer->width / GLYPH_WIDTH,
        .rows = framebuffer->height / glyphs->font.height,
    };
    if (picture->pixel_size < 2 || picture->pixel_size > PIXEL_SIZE_MAX || picture->columns == 0 ||
        picture->rows == 0) {
        return j6_err_invalid_arg;
    }
    for (uint32_t colour = 0; colour < LOG_COLOURS; colour++) {
        make_pen(picture, colour);
    }
    return j6_status_ok;
}
