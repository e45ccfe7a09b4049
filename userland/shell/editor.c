/* SPDX-License-Identifier: MIT */
/* Bytes that are typed, and where they go. */
#include "userland/shell/editor.h"
#include <string.h>

#define CONTROL(letter) ((letter) - '@')
enum { ESCAPE = 27, DELETE = 127 };

void editor_bell(struct editor *editor)
{
    text_add_char(&editor->out, '\a');
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

static void clear_screen(struct editor *editor)
{
    text_add_string(&editor->out, "\033[H\033[2J");
    editor->row = 0;
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
    editor_act(editor, key_delete);
    editor_draw(editor);
    return editor_more;
}

/* The keys that leave the line as something to go on with. */
static void control(struct editor *editor, char byte)
{
    switch (byte) {
    case CONTROL('A'): editor_act(editor, key_home); break;
    case CONTROL('B'): editor_act(editor, key_left); break;
    case CONTROL('E'): editor_act(editor, key_end); break;
    case CONTROL('F'): editor_act(editor, key_right); break;
    case CONTROL('H'):
    case DELETE: editor_erase(editor, editor_before(editor), editor->cursor); break;
    case CONTROL('K'):
        editor_cut(editor, editor->cursor, editor_row_end(editor, editor->cursor));
        break;
    case CONTROL('L'): clear_screen(editor); break;
    case CONTROL('N'): editor_down(editor); break;
    case CONTROL('P'): editor_up(editor); break;
    case CONTROL('R'): editor_search_begin(editor); return;
    case CONTROL('U'):
        editor_cut(editor, editor_row_start(editor, editor->cursor), editor->cursor);
        break;
    case CONTROL('W'): editor_cut(editor, editor_blank_before(editor), editor->cursor); break;
    case CONTROL('Y'): editor_insert(editor, text_string(&editor->cut), editor->cut.len); break;
    default: editor_bell(editor); break;
    }
    editor_draw(editor);
}

/* What is typed at the end needs no drawing of all. */
static void character(struct editor *editor, char byte)
{
    bool at_end = editor->cursor == editor->line.len && editor->line.len < editor_len_max;
    editor_insert(editor, &byte, 1);
    if (at_end && byte >= ' ' && byte < DELETE && editor->columns > 1) {
        editor_draw_behind(editor, byte);
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
        editor_sequence_byte(editor, byte);
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
