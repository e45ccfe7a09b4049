/* SPDX-License-Identifier: MIT */
/* What $ begins: parameters, arithmetic, and output of commands. */
#include "userland/shell/expansion.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* $@ and $*: every argument of the script is one of its own, "$*" is all of them as one. */
static void add_all(struct expansion *expansion, bool quoted, bool joined)
{
    const struct expand_source *source = expansion->source;
    const char *argument;
    for (size_t n = 1; (argument = source->argument(source->context, n)) != NULL; n++) {
        bool ends = !quoted || !joined;
        if (n > 1 && ends && expansion->arguments != NULL) {
            expansion_end_field(expansion);
        } else if (n > 1) {
            expansion_add_quoted(expansion, " ", 1);
        }
        expansion_add(expansion, argument, strlen(argument), quoted);
    }
}

static void add_variable(struct expansion *expansion, struct slice name, bool quoted)
{
    const char *value = expansion->source->variable(expansion->source->context, name);
    if (value != NULL) {
        expansion_add(expansion, value, strlen(value), quoted);
    }
}

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
        expansion_add(expansion, digits, (size_t)len, quoted);
        return;
    }
    struct slice name = name_of(inside);
    struct slice rest = {inside.bytes + name.len, inside.len - name.len};
    if (rest.len == 0 && name.len != 0) {
        add_variable(expansion, name, quoted);
    } else if (rest.len >= 2 && memcmp(rest.bytes, ":-", 2) == 0) {
        const char *value = source->variable(source->context, name);
        if (value != NULL && *value != '\0') {
            expansion_add(expansion, value, strlen(value), quoted);
        } else {
            expansion_add_word(expansion, (struct slice){rest.bytes + 2, rest.len - 2}, quoted);
        }
    } else {
        expansion_fail(expansion, "not understood", inside);
    }
}

static void add_arithmetic(struct expansion *expansion, struct slice text, bool quoted)
{
    char digits[24];
    int64_t value;
    char error[expand_error_max];
    const char *sum = expand_string(expansion->arena, expansion->source, text, error);
    if (sum == NULL || !arithmetic(expansion->source, (struct slice){sum, strlen(sum)}, &value)) {
        expansion_fail(expansion, "that can't be computed", text);
        return;
    }
    int len = snprintf(digits, sizeof(digits), "%" PRId64, value);
    expansion_add(expansion, digits, (size_t)len, quoted);
}

void expansion_add_command(struct expansion *expansion, struct slice list, bool quoted)
{
    struct text out = {NULL, 0, 0};
    expansion->source->command(expansion->source->context, list, &out);
    while (out.len > 0 && out.bytes[out.len - 1] == '\n') {
        out.len--;
    }
    expansion_add(expansion, out.bytes, out.len, quoted);
    text_free(&out);
}

void expansion_add_dollar(struct expansion *expansion, struct slice text, bool quoted)
{
    const char *bytes = text.bytes;
    if (text.len == 1) {
        expansion_add_quoted(expansion, bytes, 1);
    } else if (bytes[1] == '{') {
        add_braced(expansion, (struct slice){bytes + 2, text.len - 3}, quoted);
    } else if (text.len >= 5 && bytes[1] == '(' && bytes[2] == '(' && bytes[text.len - 2] == ')') {
        add_arithmetic(expansion, (struct slice){bytes + 3, text.len - 5}, quoted);
    } else if (bytes[1] == '(') {
        expansion_add_command(expansion, (struct slice){bytes + 2, text.len - 3}, quoted);
    } else if (bytes[1] == '@' || bytes[1] == '*') {
        add_all(expansion, quoted, bytes[1] == '*');
    } else {
        add_variable(expansion, (struct slice){bytes + 1, text.len - 1}, quoted);
    }
}
