/* SPDX-License-Identifier: MIT */
/* The reference picture: each byte of the framebuffer is computed by itself. */
#include "picture_model.h"
#include "lib/log_line.h"

#include <stdlib.h>
#include <string.h>

enum { GLYPHS = 256, PADDING = 12 };

#define FORMAT(bits, red, red_bits, green, green_bits, blue, blue_bits)                      \
    {                                                                                        \
        .bits_per_pixel = (bits), .width = 1, .red_position = (red), .red_size = (red_bits), \
        .green_position = (green), .green_size = (green_bits), .blue_position = (blue),      \
        .blue_size = (blue_bits),                                                            \
    }

const struct j6_framebuffer model_formats[] = {
    FORMAT(32, 16, 8, 8, 8, 0, 8),  FORMAT(32, 0, 8, 8, 8, 16, 8),
    FORMAT(32, 24, 8, 16, 8, 8, 8), FORMAT(32, 20, 10, 10, 10, 0, 10),
    FORMAT(24, 16, 8, 8, 8, 0, 8),  FORMAT(24, 0, 8, 8, 8, 16, 8),
    FORMAT(16, 11, 5, 5, 6, 0, 5),  FORMAT(16, 0, 5, 5, 6, 11, 5),
    FORMAT(15, 10, 5, 5, 5, 0, 5),  {.width = 0},
};

struct font model_font(const uint8_t *names, size_t names_len, bool names_are_utf8)
{
    static uint8_t rows[GLYPHS * MODEL_FONT_HEIGHT];
    for (uint32_t i = 0; i < sizeof(rows); i++) {
        uint32_t glyph = i / MODEL_FONT_HEIGHT;
        uint32_t y = i % MODEL_FONT_HEIGHT;
        rows[i] = glyph == ' ' ? 0 : (uint8_t)(y == 0 ? 0x81 : y % 3 == 1 ? glyph : ~glyph);
    }
    return (struct font){
        .glyphs = rows,
        .count = GLYPHS,
        .height = MODEL_FONT_HEIGHT,
        .names = names,
        .names_len = names_len,
        .names_are_utf8 = names_are_utf8,
    };
}

struct j6_framebuffer model_framebuffer(const struct j6_framebuffer *format, uint32_t width,
                                        uint32_t height)
{
    struct j6_framebuffer framebuffer = *format;
    framebuffer.width = width;
    framebuffer.height = height;
    framebuffer.pitch = width * ((format->bits_per_pixel + 7) / 8) + PADDING;
    return framebuffer;
}

uint8_t *model_memory(const struct j6_framebuffer *framebuffer)
{
    size_t size = (size_t)framebuffer->pitch * framebuffer->height;
    uint8_t *memory = malloc(size);
    memset(memory, MODEL_FILL, size);
    return memory;
}

static uint32_t cell_at(const struct grid *grid, uint32_t row, uint32_t column)
{
    if (row >= grid->rows || column >= grid->columns) {
        return CELL_BLANK;
    }
    return grid->wanted[(grid->top + row) % grid->rows * grid->columns + column];
}

static uint32_t scaled(uint8_t value, uint8_t position, uint8_t size)
{
    return (uint32_t)((uint64_t)value * (1u << size) / 256) << position;
}

static uint32_t pixel_at(const struct grid *grid, uint32_t x, uint32_t y)
{
    const struct picture *picture = grid->picture;
    const struct j6_framebuffer *framebuffer = &picture->framebuffer;
    uint32_t height = picture->glyphs->font.height;
    uint32_t cell = cell_at(grid, y / height, x / GLYPH_WIDTH);
    const uint8_t *rows = glyphs_rows(picture->glyphs, cell & 0xffff);
    const struct log_colour *colour = &log_colours[cell >> 16];
    if ((rows[y % height] & 0x80 >> x % GLYPH_WIDTH) == 0) {
        return 0;
    }
    return scaled(colour->red, framebuffer->red_position, framebuffer->red_size) |
           scaled(colour->green, framebuffer->green_position, framebuffer->green_size) |
           scaled(colour->blue, framebuffer->blue_position, framebuffer->blue_size);
}

static uint8_t byte_at(const struct grid *grid, uint32_t at, uint32_t y)
{
    const struct picture *picture = grid->picture;
    uint32_t x = at / picture->pixel_size;
    if (x >= picture->framebuffer.width) {
        return MODEL_FILL;
    }
    return (uint8_t)(pixel_at(grid, x, y) >> 8 * (at % picture->pixel_size));
}

long model_difference(const struct grid *grid)
{
    const struct j6_framebuffer *framebuffer = &grid->picture->framebuffer;
    for (uint32_t y = 0; y < framebuffer->height; y++) {
        for (uint32_t at = 0; at < framebuffer->pitch; at++) {
            size_t offset = (size_t)y * framebuffer->pitch + at;
            if (grid->picture->memory[offset] != byte_at(grid, at, y)) {
                return (long)offset;
            }
        }
    }
    return -1;
}
