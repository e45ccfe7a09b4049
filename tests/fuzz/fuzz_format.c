/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/format.c lib/string.c */
/* Any bytes at all as a format string, with arguments enough that are good for every directive. */
#include "lib/format.h"
#include "kernel/base/assert.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FORMAT_MAX = 12, TEXT_MAX = 8 * 4096 };

/* Enough arguments: a directive takes one for its two bytes, and one more with each * in it. */
static size_t call(char *buf, size_t cap, const char *fmt)
{
    static const char s[] = "argument";
    return format(buf, cap, fmt, s, s, s, s, s, s, s, s, s, s, s, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > FORMAT_MAX) {
        return 0;
    }
    char fmt[FORMAT_MAX];
    memcpy(fmt, data + 1, size - 1);
    fmt[size - 1] = '\0';
    char *whole = malloc(TEXT_MAX);
    size_t len = call(whole, TEXT_MAX, fmt);
    size_t cap = data[0] + 1u;
    char *part = malloc(cap);
    assert(len < TEXT_MAX);
    assert(call(part, cap, fmt) == len);
    size_t kept = len < cap ? len : cap - 1;
    assert(memcmp(part, whole, kept) == 0 && part[kept] == '\0');
    free(part);
    free(whole);
    return 0;
}
