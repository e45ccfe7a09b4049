/* SPDX-License-Identifier: MIT */
/* Places in the line: characters, words and rows. */
#include "userland/shell/editor.h"
#include "userland/shell/utf8.h"

static bool is_in_word(char c)
{
    return c & 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '_';
}

size_t editor_word_before(const struct editor *editor)
{
    const char *text = text_string(&editor->line);
    size_t at = editor->cursor;
    while (at > 0 && !is_in_word(text[at - 1])) {
        at--;
    }
    while (at > 0 && is_in_word(text[at - 1])) {
        at--;
    }
    return at;
}

size_t editor_word_behind(const struct editor *editor)
{
    const char *text = text_string(&editor->line);
    size_t at = editor->cursor;
    while (at < editor->line.len && !is_in_word(text[at])) {
        at++;
    }
    while (at < editor->line.len && is_in_word(text[at])) {
        at++;
    }
    return at;
}

size_t editor_blank_before(const struct editor *editor)
{
    const char *text = text_string(&editor->line);
    size_t at = editor->cursor;
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n')) {
        at--;
    }
    while (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n') {
        at--;
    }
    return at;
}

size_t editor_row_start(const struct editor *editor, size_t at)
{
    const char *text = text_string(&editor->line);
    while (at > 0 && text[at - 1] != '\n') {
        at--;
    }
    return at;
}

size_t editor_row_end(const struct editor *editor, size_t at)
{
    const char *text = text_string(&editor->line);
    while (at < editor->line.len && text[at] != '\n') {
        at++;
    }
    return at;
}

size_t editor_before(const struct editor *editor)
{
    return utf8_before(text_string(&editor->line), editor->cursor);
}

size_t editor_behind(const struct editor *editor)
{
    return utf8_behind(text_string(&editor->line), editor->cursor, editor->line.len);
}
