/* SPDX-License-Identifier: MIT */
/*
 * Memory and strings: the standard functions as the C standard has them (lib/cstring.c), and a few
 * of ours that can't overrun (lib/string.c). A hosted build takes the standard ones from its own C
 * library, where the sanitizers watch them.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#if __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *restrict dst, const void *restrict src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *area, int value, size_t size);
size_t strlen(const char *string);
size_t strnlen(const char *string, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *string, int character);
char *strrchr(const char *string, int character);
#endif

/*
 * Copies `src` into `dst`, which holds `cap` ≥ 1 bytes. What doesn't fit is cut off; the result
 * always ends in NUL. True when all of it fitted.
 */
bool string_copy(char *dst, size_t cap, const char *src);

bool string_equal(const char *a, const char *b);
bool string_starts_with(const char *string, const char *prefix);

/* Zeroes secrets; unlike memset it is never optimised away. */
void memory_wipe(void *area, size_t size);
