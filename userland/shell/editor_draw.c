/* SPDX-License-Identifier: MIT */
/*
 * From a line to the rows of a terminal. A drawing goes up to the prompt, clears all below, and writes it anew. A
 * row that is full is ended by a new line: a terminal would wait with that for the next character, and nobody
 * knows whether its cursor is on this row or the next one.
 */
#include "userland/shell/editor.h"
#include "userland/shell/utf8.h"
#include <string.h>

struct place {
    unsigned row, column;
};

static unsigned columns_of(const struct editor *editor)
{
    return editor->columns > 1 ? editor->columns : 80;
}

static void new_row(struct editor *editor, struct place *place)
{
    text_add_string(&editor->out, "\r\n");
    place->row++;
    place->column = 0;
}

/* One character, shown in a way that doesn't move the cursor elsewhere. */
static void draw_character(struct editor *editor, struct place *place, const char *text, size_t len)
{
    unsigned width = utf8_width(text, len);
    unsigned char c = (unsigned char)text[0];
    if (place->column + width > columns_of(editor)) {
        new_row(editor, place);
    }
    if (c < ' ' || c == 127) {
        text_add_char(&editor->out, '^');
        text_add_char(&editor->out, (char)(c ^ 0x40));
    } else if (len == 1 && c >= 0x80) {
        text_add_string(&editor->out, "\xef\xbf\xbd");
    } else {
        text_add(&editor->out, text, len);
    }
    place->column += width;
    if (place->column >= columns_of(editor)) {
        new_row(editor, place);
    }
}

static void draw_text(struct editor *editor, struct place *place, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t size = utf8_length(text + i, len - i);
        draw_character(editor, place, text + i, size);
        i += size;
    }
}

/* A prompt may have escape sequences for colours, ESC [ … m, which take no room. */
static void draw_prompt(struct editor *editor, struct place *place, const char *prompt)
{
    while (*prompt != '\0') {
        size_t colour = *prompt == '\033' ? strcspn(prompt, "m") : 0;
        if (colour != 0 && prompt[colour] == 'm') {
            text_add(&editor->out, prompt, colour + 1);
            prompt += colour + 1;
        } else {
            size_t size = utf8_length(prompt, strlen(prompt));
            draw_character(editor, place, prompt, size);
            prompt += size;
        }
    }
}

/* Draws the line from there on, and tells where the cursor is in it. */
static struct place draw_line(struct editor *editor, struct place *place)
{
    const char *text = text_string(&editor->line);
    struct place cursor = *place;
    for (size_t i = 0; i < editor->line.len;) {
        size_t size = utf8_length(text + i, editor->line.len - i);
        if (text[i] == '\n') {
            new_row(editor, place);
            draw_prompt(editor, place, editor->next_prompt);
        } else {
            draw_character(editor, place, text + i, size);
        }
        i += size;
        if (i <= editor->cursor) {
            cursor = *place;
        }
    }
    return cursor;
}

static void move(struct editor *editor, struct place from, struct place to)
{
    if (from.row > to.row) {
        text_format(&editor->out, "\033[%uA", from.row - to.row);
    } else if (from.row < to.row) {
        text_format(&editor->out, "\033[%uB", to.row - from.row);
    }
    text_add_char(&editor->out, '\r');
    if (to.column != 0) {
        text_format(&editor->out, "\033[%uC", to.column);
    }
}

static void draw_search(struct editor *editor, struct place *place)
{
    draw_prompt(editor, place, "search: ");
    draw_text(editor, place, text_string(&editor->query), editor->query.len);
    draw_prompt(editor, place, " \xe2\x86\x92 ");
}

void editor_draw(struct editor *editor)
{
    struct place place = {0, 0};
    move(editor, (struct place){editor->row, 0}, place);
    text_add_string(&editor->out, "\033[J");
    if (editor->searching) {
        draw_search(editor, &place);
    } else {
        draw_prompt(editor, &place, editor->prompt);
    }
    struct place cursor = draw_line(editor, &place);
    if (place.row != cursor.row || place.column != cursor.column) {
        move(editor, place, cursor);
    }
    editor->row = cursor.row;
    editor->column = cursor.column;
}

void editor_draw_behind(struct editor *editor, char byte)
{
    struct place place = {editor->row, editor->column};
    draw_character(editor, &place, &byte, 1);
    editor->row = place.row;
    editor->column = place.column;
}

void editor_resized(struct editor *editor, unsigned columns)
{
    editor->columns = columns;
    editor_draw(editor);
}

void editor_disturbed(struct editor *editor)
{
    editor->row = 0;
    editor_draw(editor);
}

void editor_leave(struct editor *editor)
{
    size_t cursor = editor->cursor;
    if (cursor != editor->line.len) {
        editor->cursor = editor->line.len;
        editor_draw(editor);
    }
    text_add_string(&editor->out, "\r\n");
    editor->row = 0;
}
