/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/shell/editor*.c userland/shell/complete*.c userland/shell/history.c userland/shell/utf8.c userland/shell/pars*.c userland/shell/lexer.c userland/shell/word.c userland/shell/text.c */
/* Any keys: the cursor stays in the line, on the border of a character, and the drawing below its first row. */
#include "userland/shell/editor.h"
#include "userland/shell/syntax.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void names(void *context, enum complete_kind kind, const char *directory,
                  void (*each)(void *argument, const char *name), void *argument)
{
    static const char *const all[] = {"ab", "abc/", "a b", "\xc3\xa4", "\xc3\xb6x", ".h", "'"};
    (void)context;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if ((i + kind + strlen(directory)) % 3 != 0) {
            each(argument, all[i]);
        }
    }
}

static void check(const struct editor *editor)
{
    require(editor->cursor <= editor->line.len && editor->line.len <= editor_len_max);
    require(editor->line.len == 0 || editor->line.bytes[editor->line.len] == '\0');
    require(editor->place <= editor->history->count);
    require(editor->column < (editor->columns > 1 ? editor->columns : 80));
}

/* The first byte is the width of the terminal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct complete_source completion = {NULL, names};
    struct history history = {.count = 0};
    struct editor editor = {.history = &history,
                            .completion = &completion,
                            .is_complete = parse_is_complete,
                            .prompt = "\033[32m/\033[0m > ",
                            .next_prompt = "> ",
                            .columns = size != 0 ? data[0] : 0};
    history_add(&history, "one\ntwo");
    history_add(&history, "\xe4\xb8\xad three");
    editor_begin(&editor);
    for (size_t i = 1; i < size; i++) {
        enum editor_event event = editor_byte(&editor, (char)data[i]);
        check(&editor);
        text_clear(&editor.out);
        if (event == editor_line) {
            history_add(&history, text_string(&editor.line));
        }
        if (event != editor_more) {
            editor_begin(&editor);
        }
    }
    editor_free(&editor);
    history_free(&history);
    return 0;
}
