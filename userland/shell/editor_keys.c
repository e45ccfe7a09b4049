/* SPDX-License-Identifier: MIT */
/* Keys that send an escape sequence: which is which, and what they do. */
#include "userland/shell/editor.h"
#include <string.h>

enum { DELETE = 127 };

static const struct {
    const char *text;
    enum editor_key key;
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

void editor_act(struct editor *editor, enum editor_key key)
{
    switch (key) {
    case key_up: editor_up(editor); break;
    case key_down: editor_down(editor); break;
    case key_left: editor->cursor = editor_before(editor); break;
    case key_right: editor->cursor = editor_behind(editor); break;
    case key_home: editor->cursor = editor_row_start(editor, editor->cursor); break;
    case key_end: editor->cursor = editor_row_end(editor, editor->cursor); break;
    case key_delete: editor_erase(editor, editor->cursor, editor_behind(editor)); break;
    case key_word_left: editor->cursor = editor_word_before(editor); break;
    case key_word_right: editor->cursor = editor_word_behind(editor); break;
    case key_cut_word: editor_cut(editor, editor_word_before(editor), editor->cursor); break;
    case key_cut_word_behind: editor_cut(editor, editor->cursor, editor_word_behind(editor)); break;
    case key_paste_begin: editor->pasting = true; break;
    case key_paste_end: editor->pasting = false; break;
    default: break;
    }
}

static enum editor_key key_of(const char *sequence)
{
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (strcmp(sequences[i].text, sequence) == 0) {
            return sequences[i].key;
        }
    }
    return key_none;
}

/* A sequence is ESC and a letter, ESC O and a letter, or ESC [ parameters and a letter. One too long is none. */
void editor_sequence_byte(struct editor *editor, char byte)
{
    unsigned char c = (unsigned char)byte;
    unsigned len = editor->sequence_len++; /* the ESC counts, and isn't kept */
    editor->sequence[len - 1] = byte;
    editor->sequence[len] = '\0';
    bool opens = len == 1 && (byte == '[' || byte == 'O');
    bool ends = len == 1 ? !opens : editor->sequence[0] == 'O' || (c >= 0x40 && c < DELETE);
    if (ends || len + 2 == sizeof(editor->sequence)) {
        enum editor_key key = key_of(editor->sequence);
        editor->sequence_len = 0;
        if (!editor->pasting || key == key_paste_end) {
            editor_act(editor, key);
        }
        editor_draw(editor);
    }
}
