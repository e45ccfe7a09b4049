/* SPDX-License-Identifier: MIT */
/*
 * The standard memory and string functions for code without a C library; compilers call the mem*
 * ones on their own account too. Copying and filling are string instructions, eight bytes at a
 * time, which also keeps compilers from turning a loop here into a call of the function that it
 * is in. No vector registers: the kernel doesn't save its own.
 */
#include "lib/string.h"
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
    void *to = dst;
    size_t words = size / 8;
    size_t tail = size % 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(src), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(src), "+c"(tail) : : "memory");
    return dst;
}

/* Last byte first, for a destination that begins inside the source; DF is left alone. */
static void copy_backward(char *dst, const char *src, size_t size)
{
    for (; size >= 8; size -= 8) {
        uint64_t word;
        __builtin_memcpy(&word, src + size - 8, 8);
        __builtin_memcpy(dst + size - 8, &word, 8);
    }
    while (size > 0) {
        size--;
        __asm__ volatile("" : : : "memory"); /* keeps this loop a loop */
        dst[size] = src[size];
    }
}

void *memmove(void *dst, const void *src, size_t size)
{
    if ((uintptr_t)dst - (uintptr_t)src >= size) {
        return memcpy(dst, src, size);
    }
    copy_backward(dst, src, size);
    return dst;
}

void *memset(void *dst, int value, size_t size)
{
    void *to = dst;
    uint64_t pattern = 0x0101010101010101ull * (unsigned char)value;
    size_t words = size / 8;
    size_t tail = size % 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(tail) : "a"(pattern) : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a;
    const unsigned char *right = b;
    for (; size >= 8; size -= 8, left += 8, right += 8) {
        uint64_t left_word;
        uint64_t right_word;
        __builtin_memcpy(&left_word, left, 8);
        __builtin_memcpy(&right_word, right, 8);
        if (left_word != right_word) {
            break;
        }
    }
    for (; size > 0; size--, left++, right++) {
        if (*left != *right) {
            return *left - *right;
        }
    }
    return 0;
}

void *memchr(const void *area, int value, size_t size)
{
    const unsigned char *at = area;
    for (; size > 0; size--, at++) {
        if (*at == (unsigned char)value) {
            return (void *)at;
        }
    }
    return NULL;
}

size_t strnlen(const char *string, size_t max)
{
    size_t len = 0;
    while (len < max && string[len] != '\0') {
        len++;
    }
    return len;
}

size_t strlen(const char *string)
{
    return strnlen(string, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max > 0; max--, a++, b++) {
        if (*a != *b || *a == '\0') {
            return (unsigned char)*a - (unsigned char)*b;
        }
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *string, int character)
{
    for (; *string != (char)character; string++) {
        if (*string == '\0') {
            return NULL;
        }
    }
    return (char *)string;
}

char *strrchr(const char *string, int character)
{
    const char *found = NULL;
    do {
        if (*string == (char)character) {
            found = string;
        }
    } while (*string++ != '\0');
    return (char *)found;
}
