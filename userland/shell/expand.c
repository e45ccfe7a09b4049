/* SPDX-License-Identifier: MIT */
/* Words with their quotes, piece by piece. */
#include "userland/shell/expansion.h"
#include <string.h>

/* In "…" a \ quotes $, ", \ and a newline, which is dropped; else it stands for itself. */
static size_t add_escape(struct expansion *expansion, const char *bytes, size_t len, bool quoted)
{
    if (len < 2) {
        expansion_add_quoted(expansion, bytes, len);
    } else if (bytes[1] == '\n') {
        return 2;
    } else if (quoted && strchr("$\"\\`", bytes[1]) == NULL) {
        expansion_add_quoted(expansion, bytes, 2);
    } else {
        expansion_add_quoted(expansion, bytes + 1, 1);
    }
    return 2;
}

static size_t add_single_quoted(struct expansion *expansion, struct slice rest)
{
    const char *end = rest.len > 1 ? memchr(rest.bytes + 1, '\'', rest.len - 1) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest.bytes) + 1 : rest.len;
    expansion_add_quoted(expansion, rest.bytes + 1, end != NULL ? len - 2 : len - 1);
    return len;
}

/* Without its quotes it is walked as a quoted word. */
static size_t add_double_quoted(struct expansion *expansion, struct slice rest)
{
    size_t len = piece_length(rest.bytes, rest.len);
    if (len < 2) {
        expansion_fail(expansion, "its end is missing", rest);
        return rest.len;
    }
    bool all = len == 4 && memcmp(rest.bytes + 1, "$@", 2) == 0;
    expansion->begun = expansion->begun || !all;
    expansion_add_word(expansion, (struct slice){rest.bytes + 1, len - 2}, true);
    return len;
}

static size_t add_backquoted(struct expansion *expansion, struct slice rest, bool quoted)
{
    size_t len = piece_length(rest.bytes, rest.len);
    if (len < 2) {
        expansion_fail(expansion, "its end is missing", rest);
        return rest.len;
    }
    struct text list = {NULL, 0, 0};
    for (size_t i = 1; i + 1 < len; i++) {
        i += rest.bytes[i] == '\\' && strchr(quoted ? "$`\\\"" : "$`\\", rest.bytes[i + 1]) != NULL;
        text_add_char(&list, rest.bytes[i]);
    }
    expansion_add_command(expansion, (struct slice){text_string(&list), list.len}, quoted);
    text_free(&list);
    return len;
}

static size_t add_dollar(struct expansion *expansion, struct slice rest, bool quoted)
{
    size_t len = dollar_length(rest.bytes, rest.len);
    if (len == 0) {
        expansion_fail(expansion, "its end is missing", rest);
        return rest.len;
    }
    expansion_add_dollar(expansion, (struct slice){rest.bytes, len}, quoted);
    return len;
}

/* A " within "…" is one of ${…:-…} there, which holds together anyway. */
static size_t add_quote(struct expansion *expansion, struct slice rest, bool quoted)
{
    return quoted ? 1 : add_double_quoted(expansion, rest);
}

static size_t add_piece(struct expansion *expansion, struct slice rest, bool quoted)
{
    switch (rest.bytes[0]) {
    case '\\': return add_escape(expansion, rest.bytes, rest.len, quoted);
    case '`': return add_backquoted(expansion, rest, quoted);
    case '"': return add_quote(expansion, rest, quoted);
    case '$': return add_dollar(expansion, rest, quoted);
    case '\'':
        if (!quoted) {
            return add_single_quoted(expansion, rest);
        }
        break;
    default: break;
    }
    expansion_add(expansion, rest.bytes, 1,
                  quoted); /* a blank that isn't quoted is one of ${…:-…} */
    return 1;
}

void expansion_add_word(struct expansion *expansion, struct slice word, bool quoted)
{
    if (expansion->depth == parse_depth_max) {
        expansion_fail(expansion, "too deep", word);
        return;
    }
    expansion->depth++;
    for (size_t i = 0; i < word.len && !expansion->failed;) {
        i += add_piece(expansion, (struct slice){word.bytes + i, word.len - i}, quoted);
    }
    expansion->depth--;
}

bool expand_word(struct arena *arena, const struct expand_source *source, struct slice word,
                 struct arguments *arguments, char out_error[expand_error_max])
{
    struct expansion expansion = {
        .arena = arena, .source = source, .arguments = arguments, .error = out_error};
    expansion_add_word(&expansion, word, false);
    if (!expansion.failed) {
        expansion_end_field(&expansion);
    }
    text_free(&expansion.pattern);
    return !expansion.failed;
}

const char *expand_string(struct arena *arena, const struct expand_source *source,
                          struct slice word, char out_error[expand_error_max])
{
    struct expansion expansion = {.arena = arena, .source = source, .error = out_error};
    expansion_add_word(&expansion, word, false);
    const char *string = expansion_unquote(arena, &expansion.pattern);
    text_free(&expansion.pattern);
    return expansion.failed ? NULL : string;
}
