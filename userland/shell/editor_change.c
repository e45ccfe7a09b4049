/* SPDX-License-Identifier: MIT */
/* What changes the line: text goes in and out, and commands come from the history. */
#include "userland/shell/editor.h"
#include "userland/shell/utf8.h"
#include <string.h>

void editor_insert(struct editor *editor, const char *bytes, size_t len)
{
    if (len > editor_len_max - editor->line.len) {
        editor_bell(editor);
        return;
    }
    text_insert(&editor->line, editor->cursor, bytes, len);
    editor->cursor += len;
}

void editor_set(struct editor *editor, const char *line)
{
    text_clear(&editor->line);
    editor->cursor = 0;
    editor_insert(editor, line, strlen(line));
}

void editor_erase(struct editor *editor, size_t from, size_t to)
{
    text_cut(&editor->line, from, to - from);
    editor->cursor = from;
}

void editor_cut(struct editor *editor, size_t from, size_t to)
{
    if (from != to) {
        text_clear(&editor->cut);
        text_add(&editor->cut, editor->line.bytes + from, to - from);
        editor_erase(editor, from, to);
    }
}

static void show_history(struct editor *editor, size_t place)
{
    if (editor->place == editor->history->count) {
        text_clear(&editor->draft);
        text_add(&editor->draft, text_string(&editor->line), editor->line.len);
    }
    editor->place = place;
    editor_set(editor, place < editor->history->count ? editor->history->lines[place]
                                                      : text_string(&editor->draft));
}

/* As many bytes into another row of the text, or its end. */
static void to_row(struct editor *editor, size_t start, size_t column)
{
    size_t end = editor_row_end(editor, start);
    size_t at = start;
    while (at < end && at - start < column) {
        at = utf8_behind(text_string(&editor->line), at, end);
    }
    editor->cursor = at;
}

void editor_up(struct editor *editor)
{
    size_t start = editor_row_start(editor, editor->cursor);
    if (start > 0) {
        to_row(editor, editor_row_start(editor, start - 1), editor->cursor - start);
    } else if (editor->place > 0) {
        show_history(editor, editor->place - 1);
    } else {
        editor_bell(editor);
    }
}

void editor_down(struct editor *editor)
{
    size_t end = editor_row_end(editor, editor->cursor);
    if (end < editor->line.len) {
        to_row(editor, end + 1, editor->cursor - editor_row_start(editor, editor->cursor));
    } else if (editor->place < editor->history->count) {
        show_history(editor, editor->place + 1);
    } else {
        editor_bell(editor);
    }
}
