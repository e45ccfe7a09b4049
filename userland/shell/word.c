/* SPDX-License-Identifier: MIT */
/* Where words end: quotes, and what $ begins, hold together what would separate them. */
#include "userland/shell/syntax.h"
#include <string.h>

bool slice_is(struct slice slice, const char *string)
{
    return strlen(string) == slice.len && memcmp(slice.bytes, string, slice.len) == 0;
}

bool is_name_char(char c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!first && c >= '0' && c <= '9');
}

bool is_name(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_name_char(bytes[i], i == 0)) {
            return false;
        }
    }
    return len != 0;
}

static size_t single_quoted(const char *text, size_t len)
{
    const char *end = len > 1 ? memchr(text + 1, '\'', len - 1) : NULL;
    return end != NULL ? (size_t)(end - text) + 1 : 0;
}

/* Up to the next one that no \ quotes. */
static size_t backquoted(const char *text, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (text[i] == '`') {
            return i + 1;
        }
        i += text[i] == '\\';
    }
    return 0;
}

/* Nesting is bounded: beyond that an end is missing, as far as anybody can see. */
static size_t piece(const char *text, size_t len, unsigned depth);

static size_t double_quoted(const char *text, size_t len, unsigned depth)
{
    for (size_t i = 1; i < len;) {
        if (text[i] == '"') {
            return i + 1;
        }
        bool joins = text[i] == '\\' || text[i] == '$' || text[i] == '`';
        size_t size = joins ? piece(text + i, len - i, depth) : 1;
        if (size == 0) {
            return 0;
        }
        i += size;
    }
    return 0;
}

/* From an opening bracket behind `$` to the closing one; quotes and brackets within it are balanced. */
static size_t bracketed(const char *text, size_t len, char open, char close, unsigned depth)
{
    unsigned level = 0;
    for (size_t i = 0; i < len;) {
        level += text[i] == open;
        if (text[i] == close && --level == 0) {
            return i + 1;
        }
        size_t size = text[i] == open ? 1 : piece(text + i, len - i, depth);
        if (size == 0) {
            return 0;
        }
        i += size;
    }
    return 0;
}

static size_t dollar(const char *text, size_t len, unsigned depth)
{
    size_t end = 0;
    if (len < 2) {
        return 1;
    }
    switch (text[1]) {
    case '(': end = bracketed(text + 1, len - 1, '(', ')', depth); break;
    case '{': end = bracketed(text + 1, len - 1, '{', '}', depth); break;
    default:
        if (strchr("?#$!@*0123456789", text[1]) != NULL && text[1] != '\0') {
            return 2;
        }
        while (1 + end < len && is_name_char(text[1 + end], end == 0)) {
            end++;
        }
        return 1 + end;
    }
    return end != 0 ? 1 + end : 0;
}

size_t dollar_length(const char *text, size_t len)
{
    return dollar(text, len, parse_depth_max);
}

static size_t piece(const char *text, size_t len, unsigned depth)
{
    if (depth == 0) {
        return 0;
    }
    switch (text[0]) {
    case '\\': return len > 1 ? 2 : 0;
    case '\'': return single_quoted(text, len);
    case '`': return backquoted(text, len);
    case '"': return double_quoted(text, len, depth - 1);
    case '$': return dollar(text, len, depth - 1);
    default: return 1;
    }
}

size_t piece_length(const char *text, size_t len)
{
    return piece(text, len, parse_depth_max);
}

size_t word_length(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && strchr(" \t\n;&|<>()", text[i]) == NULL) {
        size_t size = piece_length(text + i, len - i);
        if (size == 0) {
            return 0;
        }
        i += size;
    }
    /* A 0 is found by strchr: it separates, and is no word. */
    return i;
}
