/* SPDX-License-Identifier: MIT */
/*
 * A word is walked once. What is quoted goes into the pattern with a \ before every character that would mean
 * something to one, so a single string says both what the argument is and what may match names of files.
 */
#include "userland/shell/expand.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct expansion {
    struct arena *arena;
    const struct expand_source *source;
    struct arguments *arguments; /* NULL: all becomes one string */
    struct text pattern;         /* of the argument that is being made */
    bool begun;                  /* there is one, even if it is empty */
    bool failed;
    unsigned depth;
    char *error;
};

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

static void fail(struct expansion *expansion, const char *what, struct slice slice)
{
    if (!expansion->failed) {
        snprintf(expansion->error, expand_error_max, "%s: '%.*s'", what,
                 slice.len < 48 ? (int)slice.len : 48, slice.bytes);
        expansion->failed = true;
    }
}

/* ---- one argument ---------------------------------------------------------------------------- */

static void add_quoted(struct expansion *expansion, const char *bytes, size_t len)
{
    expansion->begun = true;
    for (size_t i = 0; i < len; i++) {
        if (strchr("*?[\\", bytes[i]) != NULL && bytes[i] != '\0') {
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

static char *without_quotes(struct arena *arena, const struct text *pattern)
{
    char *plain = arena_take(arena, pattern->len + 1);
    char *to = plain;
    for (const char *from = text_string(pattern); *from != '\0'; from++) {
        from += *from == '\\' && from[1] != '\0';
        *to++ = *from;
    }
    return plain;
}

static void end_argument(struct expansion *expansion)
{
    if (!expansion->begun || expansion->arguments == NULL) {
        return;
    }
    const char *pattern = text_string(&expansion->pattern);
    if (expansion->arguments->count >= arguments_max) {
        fail(expansion, "too many arguments", (struct slice){pattern, strlen(pattern)});
    } else if (pattern_is_plain(pattern) || !pattern_expand(expansion->arena, expansion->source,
                                                            pattern, expansion->arguments)) {
        arguments_add(expansion->arena, expansion->arguments,
                      without_quotes(expansion->arena, &expansion->pattern));
    }
    text_clear(&expansion->pattern);
    expansion->begun = false;
}

/* What stands there, or an expansion gave: split at blanks unless it is quoted. */
static void add_result(struct expansion *expansion, const char *bytes, size_t len, bool quoted)
{
    if (quoted || expansion->arguments == NULL) {
        add_quoted(expansion, bytes, len);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t\n", bytes[i]) != NULL && bytes[i] != '\0') {
            end_argument(expansion);
        } else {
            add_plain(expansion, bytes[i]);
        }
    }
}

/* ---- what $ begins --------------------------------------------------------------------------- */

/* $@ and $*: every argument of the script is one of its own, "$*" is all of them as one. */
static void add_all(struct expansion *expansion, bool quoted, bool joined)
{
    const struct expand_source *source = expansion->source;
    const char *argument;
    for (size_t n = 1; (argument = source->argument(source->context, n)) != NULL; n++) {
        bool ends = !quoted || !joined;
        if (n > 1 && ends && expansion->arguments != NULL) {
            end_argument(expansion);
        } else if (n > 1) {
            add_quoted(expansion, " ", 1);
        }
        add_result(expansion, argument, strlen(argument), quoted);
    }
}

static void add_variable(struct expansion *expansion, struct slice name, bool quoted)
{
    const char *value = expansion->source->variable(expansion->source->context, name);
    if (value != NULL) {
        add_result(expansion, value, strlen(value), quoted);
    }
}

static void add_word(struct expansion *expansion, struct slice word, bool quoted);

/* The name that ${…} begins with. */
static struct slice name_of(struct slice inside)
{
    size_t len = 0;
    while (len < inside.len && is_name_char(inside.bytes[len], len == 0)) {
        len++;
    }
    return (struct slice){inside.bytes, len != 0 || inside.len == 0 ? len : 1};
}

static void add_braced(struct expansion *expansion, struct slice inside, bool quoted)
{
    const struct expand_source *source = expansion->source;
    if (inside.len > 1 && inside.bytes[0] == '#' && is_name(inside.bytes + 1, inside.len - 1)) {
        char digits[24];
        struct slice name = {inside.bytes + 1, inside.len - 1};
        const char *value = source->variable(source->context, name);
        int len = snprintf(digits, sizeof(digits), "%zu", value != NULL ? strlen(value) : 0);
        add_result(expansion, digits, (size_t)len, quoted);
        return;
    }
    struct slice name = name_of(inside);
    struct slice rest = {inside.bytes + name.len, inside.len - name.len};
    if (rest.len == 0 && name.len != 0) {
        add_variable(expansion, name, quoted);
    } else if (rest.len >= 2 && memcmp(rest.bytes, ":-", 2) == 0) {
        const char *value = source->variable(source->context, name);
        if (value != NULL && *value != '\0') {
            add_result(expansion, value, strlen(value), quoted);
        } else {
            add_word(expansion, (struct slice){rest.bytes + 2, rest.len - 2}, quoted);
        }
    } else {
        fail(expansion, "not understood", inside);
    }
}

static void add_arithmetic(struct expansion *expansion, struct slice text, bool quoted)
{
    char digits[24];
    int64_t value;
    char error[expand_error_max];
    const char *sum = expand_string(expansion->arena, expansion->source, text, error);
    if (sum == NULL || !arithmetic(expansion->source, (struct slice){sum, strlen(sum)}, &value)) {
        fail(expansion, "that can't be computed", text);
        return;
    }
    int len = snprintf(digits, sizeof(digits), "%" PRId64, value);
    add_result(expansion, digits, (size_t)len, quoted);
}

static void add_command(struct expansion *expansion, struct slice list, bool quoted)
{
    struct text out = {NULL, 0, 0};
    expansion->source->command(expansion->source->context, list, &out);
    while (out.len > 0 && out.bytes[out.len - 1] == '\n') {
        out.len--;
    }
    add_result(expansion, out.bytes, out.len, quoted);
    text_free(&out);
}

/* The text of $…, as dollar_length has measured it. */
static void add_dollar(struct expansion *expansion, struct slice text, bool quoted)
{
    const char *bytes = text.bytes;
    if (text.len == 1) {
        add_quoted(expansion, bytes, 1);
    } else if (bytes[1] == '{') {
        add_braced(expansion, (struct slice){bytes + 2, text.len - 3}, quoted);
    } else if (text.len >= 5 && bytes[1] == '(' && bytes[2] == '(' && bytes[text.len - 2] == ')') {
        add_arithmetic(expansion, (struct slice){bytes + 3, text.len - 5}, quoted);
    } else if (bytes[1] == '(') {
        add_command(expansion, (struct slice){bytes + 2, text.len - 3}, quoted);
    } else if (bytes[1] == '@' || bytes[1] == '*') {
        add_all(expansion, quoted, bytes[1] == '*');
    } else {
        add_variable(expansion, (struct slice){bytes + 1, text.len - 1}, quoted);
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

/* In "…" a \ quotes $, ", \ and a newline, which is dropped; else it stands for itself. */
static size_t add_escape(struct expansion *expansion, const char *bytes, size_t len, bool quoted)
{
    if (len < 2) {
        add_quoted(expansion, bytes, len);
    } else if (bytes[1] == '\n') {
        return 2;
    } else if (quoted && strchr("$\"\\`", bytes[1]) == NULL) {
        add_quoted(expansion, bytes, 2);
    } else {
        add_quoted(expansion, bytes + 1, 1);
    }
    return 2;
}

static size_t add_single_quoted(struct expansion *expansion, struct slice rest)
{
    const char *end = rest.len > 1 ? memchr(rest.bytes + 1, '\'', rest.len - 1) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest.bytes) + 1 : rest.len;
    add_quoted(expansion, rest.bytes + 1, end != NULL ? len - 2 : len - 1);
    return len;
}

/* Without its quotes it is walked as a quoted word. */
static size_t add_double_quoted(struct expansion *expansion, struct slice rest)
{
    size_t i = 1;
    while (i < rest.len && rest.bytes[i] != '"') {
        size_t piece = rest.bytes[i] == '\\'  ? 2
                       : rest.bytes[i] == '$' ? dollar_length(rest.bytes + i, rest.len - i)
                                              : 1;
        i += piece != 0 ? piece : 1;
    }
    i = i < rest.len ? i : rest.len;
    bool all = i == 3 && memcmp(rest.bytes + 1, "$@", 2) == 0;
    expansion->begun = expansion->begun || !all;
    add_word(expansion, (struct slice){rest.bytes + 1, i - 1}, true);
    return i + 1;
}

static size_t add_piece(struct expansion *expansion, struct slice rest, bool quoted)
{
    switch (rest.bytes[0]) {
    case '\\': return add_escape(expansion, rest.bytes, rest.len, quoted);
    case '\'':
        if (!quoted) {
            return add_single_quoted(expansion, rest);
        }
        break;
    case '"':
        if (!quoted) {
            return add_double_quoted(expansion, rest);
        }
        break;
    case '$': {
        size_t len = dollar_length(rest.bytes, rest.len);
        if (len != 0) {
            add_dollar(expansion, (struct slice){rest.bytes, len}, quoted);
            return len;
        }
        fail(expansion, "its end is missing", rest);
        return rest.len;
    }
    default: break;
    }
    add_result(expansion, rest.bytes, 1, quoted); /* a blank that isn't quoted is one of ${…:-…} */
    return 1;
}

static void add_word(struct expansion *expansion, struct slice word, bool quoted)
{
    if (expansion->depth == parse_depth_max) {
        fail(expansion, "too deep", word);
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
    add_word(&expansion, word, false);
    if (!expansion.failed) {
        end_argument(&expansion);
    }
    text_free(&expansion.pattern);
    return !expansion.failed;
}

const char *expand_string(struct arena *arena, const struct expand_source *source,
                          struct slice word, char out_error[expand_error_max])
{
    struct expansion expansion = {.arena = arena, .source = source, .error = out_error};
    add_word(&expansion, word, false);
    const char *string = without_quotes(arena, &expansion.pattern);
    text_free(&expansion.pattern);
    return expansion.failed ? NULL : string;
}
