/* SPDX-License-Identifier: MIT */
/* Fields: text is split at blanks, names of files take the place of patterns, and quotes go. */
#include "userland/shell/expansion.h"
#include <stdio.h>
#include <string.h>

void arguments_add(struct arena *arena, struct arguments *arguments, const char *argument)
{
    if (arguments->room - arguments->count < 2) {
        size_t room = 2 * arguments->room + 8;
        const char **at = arena_take(arena, room * sizeof(char *));
        if (arguments->count != 0) {
            memcpy(at, arguments->at, arguments->count * sizeof(char *));
        }
        arguments->at = at;
        arguments->room = room;
    }
    arguments->at[arguments->count++] = argument;
    arguments->at[arguments->count] = NULL;
}

void expansion_fail(struct expansion *expansion, const char *what, struct slice slice)
{
    if (!expansion->failed) {
        snprintf(expansion->error, expand_error_max, "%s: '%.*s'", what,
                 slice.len < 48 ? (int)slice.len : 48, slice.bytes);
        expansion->failed = true;
    }
}

void expansion_add_quoted(struct expansion *expansion, const char *bytes, size_t len)
{
    expansion->begun = true;
    for (size_t i = 0; i < len; i++) {
        if (strchr("*?[]!^-\\", bytes[i]) != NULL && bytes[i] != '\0') {
            text_add_char(&expansion->pattern, '\\');
        }
        text_add_char(&expansion->pattern, bytes[i]);
    }
}

static void add_plain(struct expansion *expansion, char c)
{
    expansion->begun = true;
    text_add_char(&expansion->pattern, c);
}

char *expansion_unquote(struct arena *arena, const struct text *pattern)
{
    char *plain = arena_take(arena, pattern->len + 1);
    char *to = plain;
    for (const char *from = text_string(pattern); *from != '\0'; from++) {
        from += *from == '\\' && from[1] != '\0';
        *to++ = *from;
    }
    return plain;
}

void expansion_end_field(struct expansion *expansion)
{
    if (!expansion->begun || expansion->arguments == NULL) {
        return;
    }
    struct arguments *arguments = expansion->arguments;
    const char *pattern = text_string(&expansion->pattern);
    if (pattern_is_plain(pattern) ||
        !pattern_expand(expansion->arena, expansion->source, pattern, arguments)) {
        arguments_add(expansion->arena, arguments,
                      expansion_unquote(expansion->arena, &expansion->pattern));
    }
    if (arguments->count > arguments_max) {
        expansion_fail(expansion, "too many arguments", (struct slice){pattern, strlen(pattern)});
    }
    text_clear(&expansion->pattern);
    expansion->begun = false;
}

void expansion_add(struct expansion *expansion, const char *bytes, size_t len, bool quoted)
{
    if (quoted || expansion->arguments == NULL) {
        expansion_add_quoted(expansion, bytes, len);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t\n", bytes[i]) != NULL && bytes[i] != '\0') {
            expansion_end_field(expansion);
        } else if (bytes[i] == '\\') {
            expansion_add_quoted(expansion, bytes + i, 1);
        } else {
            add_plain(expansion, bytes[i]);
        }
    }
}
