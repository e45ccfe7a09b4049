/* SPDX-License-Identifier: MIT */
/*
 * The part of the C library's <string.h> that libj6 has (lib/cstring.c), for programs without a C
 * library: they see no header of the system that they are built on.
 */
#pragma once
#include <stddef.h>

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
