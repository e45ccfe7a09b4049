/* SPDX-License-Identifier: MIT */
/* Where characters go. */
#include "drivers/framebuffer/terminal.h"

enum { TAB_WIDTH = 8, FIRST_PRINTABLE = 0x20, DELETE = 0x7f, LAST_CONTROL = 0x9f };

void terminal_init(struct terminal *terminal, struct grid *grid)
{
    *terminal = (struct terminal){.grid = grid};
}

static void new_line(struct terminal *terminal)
{
    terminal->column = 0;
    if (terminal->row + 1 < terminal->grid->rows) {
        terminal->row++;
    } else {
        grid_scroll(terminal->grid);
    }
}

void terminal_begin(struct terminal *terminal, const void *writer)
{
    if (terminal->writer != writer && terminal->column != 0) {
        new_line(terminal);
    }
    if (terminal->writer != writer) {
        terminal->sgr = (struct sgr){0};
    }
    terminal->writer = writer;
}

void terminal_leave(struct terminal *terminal, const void *writer)
{
    if (terminal->writer == writer) {
        terminal->writer = NULL;
    }
}

static void control(struct terminal *terminal, uint32_t character)
{
    uint32_t tab = (terminal->column / TAB_WIDTH + 1) * TAB_WIDTH;
    switch (character) {
    case '\n': new_line(terminal); break;
    case '\r': terminal->column = 0; break;
    case '\t':
        terminal->column = tab < terminal->grid->columns ? tab : terminal->grid->columns;
        break;
    case '\b': terminal->column -= terminal->column != 0 ? 1 : 0; break;
    }
}

void terminal_put(struct terminal *terminal, uint32_t character, uint32_t severity)
{
    if (sgr_take(&terminal->sgr, character)) {
        return;
    }
    if (character < FIRST_PRINTABLE || (character >= DELETE && character <= LAST_CONTROL)) {
        control(terminal, character);
        return;
    }
    if (terminal->column == terminal->grid->columns) {
        new_line(terminal);
    }
    uint32_t glyph = glyphs_find(terminal->grid->picture->glyphs, character);
    uint32_t cell = cell_make(glyph, sgr_shade(&terminal->sgr, severity));
    grid_put(terminal->grid, terminal->row, terminal->column, cell);
    terminal->column++;
}

void terminal_write(struct terminal *terminal, struct utf8 *utf8, uint32_t severity,
                    const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint32_t characters[2];
        size_t count = utf8_take(utf8, (uint8_t)text[i], characters);
        for (size_t j = 0; j < count; j++) {
            terminal_put(terminal, characters[j], severity);
        }
    }
}

void terminal_end(struct terminal *terminal, struct utf8 *utf8, uint32_t severity)
{
    uint32_t characters[1];
    if (utf8_end(utf8, characters) != 0) {
        terminal_put(terminal, characters[0], severity);
    }
}
