/* SPDX-License-Identifier: MIT */
/* Tab: puts in what is sure; where nothing is, a second Tab shows what there is. */
#include "userland/shell/editor.h"
#include "userland/shell/utf8.h"
#include <string.h>

enum { GAP = 2, SHOWN_MAX = 200 };

static unsigned width_of(const char *name)
{
    unsigned width = 0;
    for (size_t len = strlen(name); len > 0;) {
        size_t size = utf8_length(name, len);
        width += utf8_width(name, len);
        name += size;
        len -= size;
    }
    return width;
}

static void show(struct editor *editor, const struct completion *completion)
{
    unsigned widest = 0;
    size_t count = completion->count < SHOWN_MAX ? completion->count : SHOWN_MAX;
    for (size_t i = 0; i < count; i++) {
        unsigned width = width_of(completion->names[i]);
        widest = width > widest ? width : widest;
    }
    unsigned per_row = (editor->columns > 1 ? editor->columns : 80) / (widest + GAP);
    per_row = per_row != 0 ? per_row : 1;
    editor_leave(editor);
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count || (i + 1) % per_row == 0;
        unsigned fill = last ? 0 : widest + GAP - width_of(completion->names[i]);
        text_format(&editor->out, "%s%*s%s", completion->names[i], (int)fill, "",
                    last ? "\r\n" : "");
    }
    if (count < completion->count) {
        text_format(&editor->out, "and %zu more\r\n", completion->count - count);
    }
}

/* False: it is all there already. */
static bool put_in(struct editor *editor, const struct completion *completion)
{
    size_t have = editor->cursor - completion->start;
    const char *line = text_string(&editor->line);
    bool same = have == completion->common.len &&
                memcmp(line + completion->start, text_string(&completion->common), have) == 0;
    if (same && completion->count != 1) {
        return false;
    }
    text_cut(&editor->line, completion->start, have);
    editor->cursor = completion->start;
    editor_insert(editor, text_string(&completion->common), completion->common.len);
    editor_insert(editor, completion->end, strlen(completion->end));
    return true;
}

void editor_complete(struct editor *editor)
{
    struct completion completion = {0};
    bool again = editor->tabbed;
    editor->tabbed = false;
    if (editor->completion != NULL) {
        complete(editor->completion, text_string(&editor->line), editor->cursor, &completion);
    }
    if (completion.count == 0) {
        editor_bell(editor);
    } else if (!put_in(editor, &completion)) {
        size_t cursor = editor->cursor;
        editor->tabbed = true;
        if (again) {
            show(editor, &completion);
        } else {
            editor_bell(editor);
        }
        editor->cursor = cursor;
    }
    completion_free(&completion);
    editor_draw(editor);
}
