/* SPDX-License-Identifier: MIT */
/* The string functions that are our own. */
#include "lib/string.h"

bool string_copy(char *dst, size_t cap, const char *src)
{
    size_t len = strnlen(src, cap);
    bool fits = len < cap;
    size_t kept = fits ? len : cap - 1;
    memcpy(dst, src, kept);
    dst[kept] = '\0';
    return fits;
}

bool string_equal(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool string_starts_with(const char *string, const char *prefix)
{
    return strncmp(string, prefix, strlen(prefix)) == 0;
}

void memory_wipe(void *area, size_t size)
{
    memset(area, 0, size);
    __asm__ volatile("" : : "r"(area) : "memory"); /* somebody may read it now */
}
