/* SPDX-License-Identifier: MIT */
/* Keys, and what they do to the line. */
#include "userland/shell/editor.h"
#include "userland/shell/utf8.h"
#include <string.h>

#define CONTROL(letter) ((letter) - '@')
enum { ESCAPE = 27, DELETE = 127 };

void editor_bell(struct editor *editor)
{
    text_add_char(&editor->out, '\a');
}

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

void editor_begin(struct editor *editor)
{
    text_clear(&editor->line);
    editor->cursor = 0;
    editor->place = editor->history->count;
    editor->row = 0;
    editor->sequence_len = 0;
    editor->tabbed = editor->pasting = editor->searching = false;
    editor_draw(editor);
}

void editor_free(struct editor *editor)
{
    struct text *const texts[] = {&editor->out, &editor->line, &editor->cut, &editor->draft,
                                  &editor->query};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        text_free(texts[i]);
    }
}

/* ---- places ---------------------------------------------------------------------------------- */

static bool is_in_word(char c)
{
    return c & 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '_';
}

static size_t word_before(const struct editor *editor)
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

static size_t word_behind(const struct editor *editor)
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

/* ^W goes by blanks. */
static size_t blank_before(const struct editor *editor)
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

static size_t row_start(const struct editor *editor, size_t at)
{
    const char *text = text_string(&editor->line);
    while (at > 0 && text[at - 1] != '\n') {
        at--;
    }
    return at;
}

static size_t row_end(const struct editor *editor, size_t at)
{
    const char *text = text_string(&editor->line);
    while (at < editor->line.len && text[at] != '\n') {
        at++;
    }
    return at;
}

static size_t before(const struct editor *editor)
{
    return utf8_before(text_string(&editor->line), editor->cursor);
}

static size_t behind(const struct editor *editor)
{
    return utf8_behind(text_string(&editor->line), editor->cursor, editor->line.len);
}

/* ---- changes --------------------------------------------------------------------------------- */

static void erase(struct editor *editor, size_t from, size_t to)
{
    text_cut(&editor->line, from, to - from);
    editor->cursor = from;
}

static void cut(struct editor *editor, size_t from, size_t to)
{
    if (from != to) {
        text_clear(&editor->cut);
        text_add(&editor->cut, editor->line.bytes + from, to - from);
        erase(editor, from, to);
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
    size_t end = row_end(editor, start);
    size_t at = start;
    while (at < end && at - start < column) {
        at = utf8_behind(text_string(&editor->line), at, end);
    }
    editor->cursor = at;
}

static void up(struct editor *editor)
{
    size_t start = row_start(editor, editor->cursor);
    if (start > 0) {
        to_row(editor, row_start(editor, start - 1), editor->cursor - start);
    } else if (editor->place > 0) {
        show_history(editor, editor->place - 1);
    } else {
        editor_bell(editor);
    }
}

static void down(struct editor *editor)
{
    size_t end = row_end(editor, editor->cursor);
    if (end < editor->line.len) {
        to_row(editor, end + 1, editor->cursor - row_start(editor, editor->cursor));
    } else if (editor->place < editor->history->count) {
        show_history(editor, editor->place + 1);
    } else {
        editor_bell(editor);
    }
}

static void clear_screen(struct editor *editor)
{
    text_add_string(&editor->out, "\033[H\033[2J");
    editor->row = 0;
}

/* ---- keys ------------------------------------------------------------------------------------ */

enum key {
    key_none,
    key_up,
    key_down,
    key_left,
    key_right,
    key_home,
    key_end,
    key_delete,
    key_word_left,
    key_word_right,
    key_cut_word,
    key_cut_word_behind,
    key_paste_begin,
    key_paste_end,
};

static const struct {
    const char *text;
    enum key key;
} sequences[] = {
    {"[A", key_up},
    {"OA", key_up},
    {"[B", key_down},
    {"OB", key_down},
    {"[C", key_right},
    {"OC", key_right},
    {"[D", key_left},
    {"OD", key_left},
    {"[H", key_home},
    {"OH", key_home},
    {"[1~", key_home},
    {"[7~", key_home},
    {"[F", key_end},
    {"OF", key_end},
    {"[4~", key_end},
    {"[8~", key_end},
    {"[3~", key_delete},
    {"[1;5D", key_word_left},
    {"[1;3D", key_word_left},
    {"b", key_word_left},
    {"[1;5C", key_word_right},
    {"[1;3C", key_word_right},
    {"f", key_word_right},
    {"d", key_cut_word_behind},
    {"\177", key_cut_word},
    {"[200~", key_paste_begin},
    {"[201~", key_paste_end},
};

static void act(struct editor *editor, enum key key)
{
    switch (key) {
    case key_up: up(editor); break;
    case key_down: down(editor); break;
    case key_left: editor->cursor = before(editor); break;
    case key_right: editor->cursor = behind(editor); break;
    case key_home: editor->cursor = row_start(editor, editor->cursor); break;
    case key_end: editor->cursor = row_end(editor, editor->cursor); break;
    case key_delete: erase(editor, editor->cursor, behind(editor)); break;
    case key_word_left: editor->cursor = word_before(editor); break;
    case key_word_right: editor->cursor = word_behind(editor); break;
    case key_cut_word: cut(editor, word_before(editor), editor->cursor); break;
    case key_cut_word_behind: cut(editor, editor->cursor, word_behind(editor)); break;
    case key_paste_begin: editor->pasting = true; break;
    case key_paste_end: editor->pasting = false; break;
    default: break;
    }
}

static enum key key_of(const char *sequence)
{
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (strcmp(sequences[i].text, sequence) == 0) {
            return sequences[i].key;
        }
    }
    return key_none;
}

/* A sequence is ESC and a letter, ESC O and a letter, or ESC [ parameters and a letter. One too long is none. */
static void sequence_byte(struct editor *editor, char byte)
{
    unsigned char c = (unsigned char)byte;
    unsigned len = editor->sequence_len++; /* the ESC counts, and isn't kept */
    editor->sequence[len - 1] = byte;
    editor->sequence[len] = '\0';
    bool opens = len == 1 && (byte == '[' || byte == 'O');
    bool ends = len == 1 ? !opens : editor->sequence[0] == 'O' || (c >= 0x40 && c < DELETE);
    if (ends || len + 2 == sizeof(editor->sequence)) {
        enum key key = key_of(editor->sequence);
        editor->sequence_len = 0;
        if (!editor->pasting || key == key_paste_end) {
            act(editor, key);
        }
        editor_draw(editor);
    }
}

static enum editor_event enter(struct editor *editor)
{
    if (!editor->is_complete(text_string(&editor->line), editor->line.len)) {
        editor->cursor = editor->line.len;
        editor_insert(editor, "\n", 1);
        editor_draw(editor);
        return editor->line.len < editor_len_max ? editor_more : editor_line;
    }
    editor_leave(editor);
    return editor_line;
}

static enum editor_event give_up(struct editor *editor)
{
    editor_leave(editor);
    text_clear(&editor->line);
    editor->cursor = 0;
    return editor_interrupt;
}

static enum editor_event end_or_delete(struct editor *editor)
{
    if (editor->line.len == 0) {
        editor_leave(editor);
        return editor_end;
    }
    act(editor, key_delete);
    editor_draw(editor);
    return editor_more;
}

/* The keys that leave the line as something to go on with. */
static void control(struct editor *editor, char byte)
{
    switch (byte) {
    case CONTROL('A'): act(editor, key_home); break;
    case CONTROL('B'): act(editor, key_left); break;
    case CONTROL('E'): act(editor, key_end); break;
    case CONTROL('F'): act(editor, key_right); break;
    case CONTROL('H'):
    case DELETE: erase(editor, before(editor), editor->cursor); break;
    case CONTROL('K'): cut(editor, editor->cursor, row_end(editor, editor->cursor)); break;
    case CONTROL('L'): clear_screen(editor); break;
    case CONTROL('N'): down(editor); break;
    case CONTROL('P'): up(editor); break;
    case CONTROL('R'): editor_search_begin(editor); return;
    case CONTROL('U'): cut(editor, row_start(editor, editor->cursor), editor->cursor); break;
    case CONTROL('W'): cut(editor, blank_before(editor), editor->cursor); break;
    case CONTROL('Y'): editor_insert(editor, text_string(&editor->cut), editor->cut.len); break;
    default: editor_bell(editor); break;
    }
    editor_draw(editor);
}

/* What is typed at the end of a row, and doesn't fill it, needs no drawing. */
static void character(struct editor *editor, char byte)
{
    bool at_end = editor->cursor == editor->line.len && editor->line.len < editor_len_max;
    editor_insert(editor, &byte, 1);
    if (at_end && byte >= ' ' && byte < DELETE && editor->column + 1 < editor->columns) {
        text_add_char(&editor->out, byte);
        editor->column++;
    } else {
        editor_draw(editor);
    }
}

static void paste_byte(struct editor *editor, char byte)
{
    byte = byte == '\r' ? '\n' : byte == '\t' ? ' ' : byte;
    bool printable = byte == '\n' || !((unsigned char)byte < ' ' || byte == DELETE);
    if (printable) {
        character(editor, byte);
    }
}

enum editor_event editor_byte(struct editor *editor, char byte)
{
    bool tabbed = editor->tabbed;
    editor->tabbed = false;
    if (editor->sequence_len != 0) {
        sequence_byte(editor, byte);
        return editor_more;
    }
    if (editor->searching && editor_search_key(editor, byte)) {
        return editor_more;
    }
    if (byte == ESCAPE) {
        editor->sequence_len = 1;
        return editor_more;
    }
    if (editor->pasting) {
        paste_byte(editor, byte);
        return editor_more;
    }
    switch (byte) {
    case '\r':
    case '\n': return enter(editor);
    case CONTROL('C'): return give_up(editor);
    case CONTROL('D'): return end_or_delete(editor);
    case '\t':
        editor->tabbed = tabbed;
        editor_complete(editor);
        return editor_more;
    case '\0': return editor_more;
    default: break;
    }
    if ((unsigned char)byte < ' ' || byte == DELETE) {
        control(editor, byte);
    } else {
        character(editor, byte);
    }
    return editor_more;
}
