/* SPDX-License-Identifier: MIT */
/*
 * Text onto a framebuffer. Cells are black before they are drawn, so only the rows of a glyph that
 * have a bit set are written; with 32 bits per pixel each is four 8-byte stores out of a table.
 */
#include "kernel/base/screen.h"

#include "lib/log_line.h"
#include "lib/pixel.h"
#include "lib/sgr.h"
#include "lib/string.h"

enum { GLYPH_WIDTH = 8, TAB_WIDTH = 8, EGA_BLANK = 0x0720 };

static uint32_t component(uint8_t value, const struct boot_colour *place)
{
    return pixel_component(value, place->position, place->size);
}

/* A row of log_colours. */
static void set_colour(struct screen *screen, uint32_t row)
{
    if (row == screen->colour_row) {
        return;
    }
    screen->colour_row = row;
    const struct log_colour *colour = &log_colours[row];
    screen->attribute = colour->attribute;
    screen->colour = component(colour->red, &screen->framebuffer.red) |
                     component(colour->green, &screen->framebuffer.green) |
                     component(colour->blue, &screen->framebuffer.blue);
    uint64_t first = screen->colour; /* the pixel at the lower address */
    uint64_t second = (uint64_t)screen->colour << 32;
    for (uint32_t bits = 0; bits < 16; bits++) {
        screen->pixels[bits][0] = ((bits & 8) != 0 ? first : 0) | ((bits & 4) != 0 ? second : 0);
        screen->pixels[bits][1] = ((bits & 2) != 0 ? first : 0) | ((bits & 1) != 0 ? second : 0);
    }
}

static void clear_row(struct screen *screen, uint32_t row)
{
    uint8_t *start = screen->memory + row * screen->row_size;
    if (screen->framebuffer.kind != BOOT_FRAMEBUFFER_TEXT) {
        memset(start, 0, screen->row_size);
        return;
    }
    uint16_t *cells = (uint16_t *)start;
    for (uint32_t column = 0; column < screen->columns; column++) {
        cells[column] = EGA_BLANK;
    }
}

static void new_line(struct screen *screen)
{
    screen->column = 0;
    screen->row++;
    if (screen->row == screen->rows && !screen->one_page) {
        screen->row = 0;
        screen->wrapped = true;
    }
    if (screen->wrapped) {
        clear_row(screen, screen->row);
        if (screen->row + 1 < screen->rows) {
            clear_row(screen, screen->row + 1); /* the gap that shows where the newest line is */
        }
    }
}

static void store_pixels(uint8_t *at, uint64_t pixels)
{
    __builtin_memcpy(at, &pixels, sizeof(pixels));
}

static void draw_glyph_32(const struct screen *screen, uint8_t *at, const uint8_t *glyph)
{
    const uint8_t *end = glyph + screen->font.height;
    for (; glyph < end; glyph++, at += screen->framebuffer.pitch) {
        if (*glyph != 0) {
            const uint64_t *left = screen->pixels[*glyph >> 4];
            const uint64_t *right = screen->pixels[*glyph & 15];
            store_pixels(at, left[0]);
            store_pixels(at + 8, left[1]);
            store_pixels(at + 16, right[0]);
            store_pixels(at + 24, right[1]);
        }
    }
}

/* Any number of whole bytes per pixel. */
static void draw_glyph(const struct screen *screen, uint8_t *at, const uint8_t *glyph,
                       uint32_t pixel_size)
{
    for (uint32_t y = 0; y < screen->font.height; y++, at += screen->framebuffer.pitch) {
        uint8_t *pixel = at;
        for (uint32_t bits = glyph[y]; bits != 0; bits = bits << 1 & 0xff) {
            for (uint32_t i = 0; (bits & 0x80) != 0 && i < pixel_size; i++) {
                pixel[i] = (uint8_t)(screen->colour >> 8 * i);
            }
            pixel += pixel_size;
        }
    }
}

static void draw(struct screen *screen, char character)
{
    uint8_t *line = screen->memory + screen->row * screen->row_size;
    if (screen->framebuffer.kind == BOOT_FRAMEBUFFER_TEXT) {
        bool ascii = character >= ' ' && character <= '~';
        uint16_t cell = (uint16_t)(screen->attribute << 8 | (ascii ? character : '?'));
        ((uint16_t *)line)[screen->column] = cell;
        return;
    }
    uint32_t pixel_size = (screen->framebuffer.bits_per_pixel + 7) / 8;
    uint8_t *at = line + (size_t)screen->column * GLYPH_WIDTH * pixel_size;
    const uint8_t *glyph = font_glyph(&screen->font, character);
    if (pixel_size == 4) {
        draw_glyph_32(screen, at, glyph);
    } else {
        draw_glyph(screen, at, glyph, pixel_size);
    }
}

static void put(struct screen *screen, char character)
{
    if (character == '\n') {
        new_line(screen);
        return;
    }
    if (screen->column == screen->columns) {
        new_line(screen);
    }
    if (character == '\t') {
        uint32_t tab = (screen->column / TAB_WIDTH + 1) * TAB_WIDTH;
        screen->column = tab < screen->columns ? tab : screen->columns;
    } else if (character != '\r') {
        if (character != ' ' && screen->row < screen->rows) {
            draw(screen, character);
        }
        screen->column++;
    }
}

static void screen_write(void *context, enum j6_log_severity severity, const char *text, size_t len)
{
    struct screen *screen = context;
    if (screen->memory == NULL) {
        return;
    }
    uint32_t row = severity < j6_log_count ? severity : j6_log_info;
    struct sgr sgr = {0};
    set_colour(screen, row);
    for (size_t i = 0; i < len; i++) {
        if (sgr_take(&sgr, (unsigned char)text[i])) {
            set_colour(screen, sgr_shade(&sgr, row));
        } else {
            put(screen, text[i]);
        }
    }
}

static void clear(struct screen *screen)
{
    for (uint32_t row = 0; row < screen->rows; row++) {
        clear_row(screen, row);
    }
    if (screen->framebuffer.kind == BOOT_FRAMEBUFFER_RGB) {
        size_t used = screen->rows * screen->row_size;
        size_t size = (size_t)screen->framebuffer.pitch * screen->framebuffer.height;
        memset(screen->memory + used, 0, size - used);
    }
}

/* For a panic. A driver may have left anything there, and the first lines must stay. */
static void screen_reset(void *context)
{
    struct screen *screen = context;
    screen->column = 0;
    screen->row = 0;
    screen->wrapped = false;
    screen->one_page = true;
    if (screen->memory != NULL) {
        clear(screen);
    }
}

j6_status_t screen_init(struct screen *screen, void *memory,
                        const struct boot_framebuffer *framebuffer, const struct font *font)
{
    *screen = (struct screen){
        .console = {.write = screen_write,
                    .reset = screen_reset,
                    .context = screen,
                    .first_phys = framebuffer->address,
                    .phys_size = (uint64_t)framebuffer->pitch * framebuffer->height},
        .memory = memory,
        .framebuffer = *framebuffer,
        .columns = framebuffer->width,
        .rows = framebuffer->height,
        .row_size = framebuffer->pitch,
        .colour_row = LOG_COLOURS,
    };
    if (framebuffer->kind == BOOT_FRAMEBUFFER_RGB) {
        screen->font = *font;
        screen->columns = framebuffer->width / GLYPH_WIDTH;
        screen->rows = framebuffer->height / font->height;
        screen->row_size = (size_t)framebuffer->pitch * font->height;
    }
    if (framebuffer->kind == BOOT_FRAMEBUFFER_NONE || screen->columns == 0 || screen->rows == 0) {
        return j6_err_invalid_arg;
    }
    set_colour(screen, j6_log_info);
    clear(screen);
    return j6_status_ok;
}
