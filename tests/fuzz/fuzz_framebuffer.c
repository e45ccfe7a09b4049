/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/framebuffer/glyphs.c drivers/framebuffer/grid.c drivers/framebuffer/picture.c drivers/framebuffer/terminal.c drivers/framebuffer/utf8.c lib/format.c lib/log_line.c lib/sgr.c tests/host/picture_model.c */
/*
 * Any bytes as text of several writers, on a screen of any size and kind, drawn now and then. The cells
 * must be those of a terminal that scrolls by copying, and the pixels those of the cells. The font's
 * Unicode table is a part of the input.
 */
#include "drivers/framebuffer/terminal.h"
#include "kernel/base/assert.h"
#include "tests/host/picture_model.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 5, COLUMNS_MAX = 12, ROWS_MAX = 4, WRITERS = 3, TEXT_MAX = 16 };

/* The bytes of the input say by turns what is done. */
enum operation { WRITE = 0, FLUSH = 1, END = 2, OPERATIONS = 3 };

static struct {
    struct glyphs glyphs;
    struct picture picture;
    struct grid grid;
    struct terminal terminal;
    struct utf8 utf8[WRITERS];
} unit;

static struct {
    uint32_t cells[ROWS_MAX][COLUMNS_MAX];
    uint32_t row, column;
    size_t writer;
    struct sgr sgr;
    struct utf8 utf8[WRITERS];
} model;

static void model_new_line(void)
{
    model.column = 0;
    if (++model.row == unit.grid.rows) {
        memmove(model.cells[0], model.cells[1], (ROWS_MAX - 1) * sizeof(model.cells[0]));
        for (uint32_t i = 0; i < COLUMNS_MAX; i++) {
            model.cells[unit.grid.rows - 1][i] = CELL_BLANK;
        }
        model.row--;
    }
}

static void model_put(uint32_t character, uint32_t severity)
{
    if (sgr_take(&model.sgr, character)) {
        return;
    }
    if (character == '\n') {
        model_new_line();
    } else if (character == '\r') {
        model.column = 0;
    } else if (character == '\t') {
        do {
            model.column++;
        } while (model.column % 8 != 0);
        model.column = model.column > unit.grid.columns ? unit.grid.columns : model.column;
    } else if (character == '\b') {
        model.column = model.column == 0 ? 0 : model.column - 1;
    } else if (character >= ' ' && !(character >= 0x7f && character < 0xa0)) {
        if (model.column == unit.grid.columns) {
            model_new_line();
        }
        model.cells[model.row][model.column++] =
            cell_make(glyphs_find(&unit.glyphs, character), sgr_shade(&model.sgr, severity));
    }
}

static void write_text(size_t writer, const uint8_t *text, size_t len)
{
    uint32_t severity = (uint32_t)writer;
    terminal_begin(&unit.terminal, &unit.utf8[writer]);
    terminal_write(&unit.terminal, &unit.utf8[writer], severity, (const char *)text, len);
    if (model.writer != writer && model.column != 0) {
        model_new_line();
    }
    if (model.writer != writer) {
        model.sgr = (struct sgr){0};
    }
    model.writer = writer;
    for (size_t i = 0; i < len; i++) {
        uint32_t characters[2];
        size_t count = utf8_take(&model.utf8[writer], text[i], characters);
        for (size_t j = 0; j < count; j++) {
            model_put(characters[j], severity);
        }
    }
}

static void end(size_t writer)
{
    uint32_t characters[1];
    terminal_end(&unit.terminal, &unit.utf8[writer], j6_log_output);
    if (utf8_end(&model.utf8[writer], characters) != 0) {
        model_put(characters[0], j6_log_output);
    }
}

static void check(void)
{
    const struct grid *grid = &unit.grid;
    assert(unit.terminal.row == model.row && unit.terminal.column == model.column);
    for (uint32_t row = 0; row < grid->rows; row++) {
        const uint32_t *cells = grid->wanted + (grid->top + row) % grid->rows * grid->columns;
        assert(memcmp(cells, model.cells[row], grid->columns * sizeof(*cells)) == 0);
    }
}

static void begin(const uint8_t *head, uint8_t **out_memory)
{
    size_t formats = 0;
    while (model_formats[formats].width != 0) {
        formats++;
    }
    struct j6_framebuffer framebuffer =
        model_framebuffer(&model_formats[head[0] % formats], GLYPH_WIDTH + head[1] % 96,
                          MODEL_FONT_HEIGHT + head[2] % 40);
    *out_memory = model_memory(&framebuffer);
    memset(&unit.terminal, 0, sizeof(unit.terminal));
    memset(unit.utf8, 0, sizeof(unit.utf8));
    assert(picture_init(&unit.picture, *out_memory, &framebuffer, &unit.glyphs) == j6_status_ok);
    picture_clear_margins(&unit.picture);
    memset(&model, 0, sizeof(model));
    for (size_t i = 0; i < ROWS_MAX * COLUMNS_MAX; i++) {
        model.cells[i / COLUMNS_MAX][i % COLUMNS_MAX] = CELL_BLANK;
    }
}

static void do_all(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        size_t writer = data[i] / OPERATIONS % WRITERS;
        size_t len = data[i] / OPERATIONS / WRITERS % TEXT_MAX;
        switch ((enum operation)(data[i] % OPERATIONS)) {
        case WRITE:
            len = len < size - i - 1 ? len : size - i - 1;
            write_text(writer, data + i + 1, len);
            i += len;
            break;
        case END: end(writer); break;
        default: grid_flush(&unit.grid); assert(model_difference(&unit.grid) == -1);
        }
        check();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD || size - HEAD < data[3]) {
        return 0;
    }
    uint8_t *memory;
    const uint8_t *names = data + HEAD;
    struct font font = model_font(names, data[3], data[4] % 2 != 0);
    glyphs_init(&unit.glyphs, &font);
    begin(data, &memory);
    void *cells = malloc(grid_size(&unit.picture));
    grid_init(&unit.grid, &unit.picture, cells);
    terminal_init(&unit.terminal, &unit.grid);
    unit.terminal.writer = &unit.utf8[0];
    do_all(names + data[3], size - HEAD - data[3]);
    free(cells);
    free(memory);
    return 0;
}
