/* SPDX-License-Identifier: MIT */
#include "userland/shell/utf8.h"
#include <stdbool.h>

static size_t wanted_length(unsigned char first)
{
    return first < 0x80   ? 1
           : first < 0xc2 ? 0
           : first < 0xe0 ? 2
           : first < 0xf0 ? 3
           : first < 0xf5 ? 4
                          : 0;
}

size_t utf8_length(const char *text, size_t len)
{
    size_t wanted = wanted_length((unsigned char)text[0]);
    if (wanted == 0 || wanted > len) {
        return 1;
    }
    for (size_t i = 1; i < wanted; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 1;
        }
    }
    return wanted;
}

static uint32_t decode(const char *text, size_t len)
{
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t size = utf8_length(text, len);
    uint32_t code = (unsigned char)text[0];
    if (size == 1) {
        return code < 0x80 ? code : 0xfffd;
    }
    code &= mask[size];
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | (text[i] & 0x3f);
    }
    return code;
}

struct range {
    uint32_t first, last;
};

/* Unicode 15, in large pieces: what has no width, and what East Asian Width calls W or F. */
static const struct range narrow[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                      {0x610, 0x61a},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
                                      {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
                                      {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
static const struct range wide[] = {
    {0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},  {0x4e00, 0x9fff},
    {0xa000, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},  {0xff00, 0xff60},
    {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

static bool is_in(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

unsigned utf8_width(const char *text, size_t len)
{
    uint32_t code = decode(text, len);
    if (code < 0x20 || code == 0x7f) {
        return 2;
    }
    if (is_in(narrow, sizeof(narrow) / sizeof(narrow[0]), code)) {
        return 0;
    }
    return is_in(wide, sizeof(wide) / sizeof(wide[0]), code) ? 2 : 1;
}

static size_t start_before(const char *text, size_t at)
{
    for (size_t back = at < 4 ? at : 4; back > 1; back--) {
        if (utf8_length(text + at - back, back) == back) {
            return at - back;
        }
    }
    return at - 1;
}

size_t utf8_before(const char *text, size_t at)
{
    while (at > 0) {
        size_t start = start_before(text, at);
        bool combines = start > 0 && utf8_width(text + start, at - start) == 0;
        at = start;
        if (!combines) {
            break;
        }
    }
    return at;
}

size_t utf8_behind(const char *text, size_t at, size_t len)
{
    if (at < len) {
        at += utf8_length(text + at, len - at);
    }
    while (at < len && utf8_width(text + at, len - at) == 0) {
        at += utf8_length(text + at, len - at);
    }
    return at;
}
