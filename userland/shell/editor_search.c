/* SPDX-License-Identifier: MIT */
/* ^R: what is typed is looked for in the history, ^R again looks further back. The line shows what was found. */
#include "userland/shell/editor.h"
#include "userland/shell/utf8.h"
#include <string.h>

enum { CONTROL_G = 7, BACKSPACE = 8, CONTROL_R = 18, DELETE = 127 };

static void show(struct editor *editor)
{
    if (editor->match < editor->history->count) {
        editor_set(editor, editor->history->lines[editor->match]);
    }
    editor_draw(editor);
}

/* Looks for the query before that place; what was found so far stays if there is nothing. */
static void look(struct editor *editor, size_t before)
{
    size_t found = history_search(editor->history, before, text_string(&editor->query));
    if (found < editor->history->count) {
        editor->match = found;
    } else {
        editor_bell(editor);
    }
    show(editor);
}

void editor_search_begin(struct editor *editor)
{
    editor->searching = true;
    editor->match = editor->history->count;
    text_clear(&editor->query);
    text_clear(&editor->draft);
    text_add(&editor->draft, text_string(&editor->line), editor->line.len);
    editor_draw(editor);
}

static void end(struct editor *editor)
{
    editor->searching = false;
    editor->place = editor->match;
}

static void give_up(struct editor *editor)
{
    editor->match = editor->history->count;
    end(editor);
    editor_set(editor, text_string(&editor->draft));
    editor_draw(editor);
}

static void shorten(struct editor *editor)
{
    size_t at = utf8_before(text_string(&editor->query), editor->query.len);
    text_cut(&editor->query, at, editor->query.len - at);
    look(editor, editor->history->count);
}

bool editor_search_key(struct editor *editor, char byte)
{
    switch (byte) {
    case CONTROL_R: look(editor, editor->match); return true;
    case CONTROL_G: give_up(editor); return true;
    case BACKSPACE:
    case DELETE: shorten(editor); return true;
    default: break;
    }
    if ((unsigned char)byte < ' ') {
        end(editor);
        editor_draw(editor);
        return false;
    }
    if (editor->query.len < 256) {
        text_add_char(&editor->query, byte);
    }
    look(editor, editor->match < editor->history->count ? editor->match + 1 : editor->match);
    return true;
}
