/* SPDX-License-Identifier: MIT */
/*
 * printf-like formatting without a C library, into a buffer or into a sink that takes the text
 * piece by piece (a log, a stream).
 *
 * Directives: %d %i %u %x %X %c %s %p %%; lengths hh h l ll z j t; flags - 0 # + and space; width
 * and precision, also as *. They mean what C says; %p is 0x and hexadecimal digits. Anything else
 * (%n, floating point) comes out as it stands, with all that follows it, since the size of its
 * argument isn't known. Widths and precisions above 4096 count as 4096.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

#define FORMAT_LIKE(format_at, args_at) __attribute__((__format__(__printf__, format_at, args_at)))

/* Embedded in whatever keeps the state of the output; write is called with len ≥ 1. */
struct format_sink {
    void (*write)(struct format_sink *sink, const char *text, size_t len);
};

/* As snprintf: returns the length of the whole text; what is kept always ends in NUL (cap ≥ 1). */
size_t format(char *buf, size_t cap, const char *fmt, ...) FORMAT_LIKE(3, 4);
size_t vformat(char *buf, size_t cap, const char *fmt, va_list args) FORMAT_LIKE(3, 0);

/* The same into a sink; returns how many bytes were written. */
size_t format_to(struct format_sink *sink, const char *fmt, ...) FORMAT_LIKE(2, 3);
size_t vformat_to(struct format_sink *sink, const char *fmt, va_list args) FORMAT_LIKE(2, 0);
