/* SPDX-License-Identifier: MIT */
/*
 * The formatter: parse one directive, fetch its argument, write it. Nothing is allocated and no
 * text is gathered, so the stack it needs is small and constant.
 */
#include "lib/format.h"
#include "lib/container.h"
#include "lib/string.h"
#include <stdbool.h>
#include <stdint.h>

/* One directive, parsed. */
struct directive {
    bool left;      /* - */
    bool zero;      /* 0 */
    bool alternate; /* # */
    char plus;      /* '+' or ' ': what a number that isn't negative starts with; or 0 */
    int width;      /* 0: none */
    int precision;  /* -1: none */
    int bits;       /* of the argument, when it is an integer */
    char conversion;
};

struct output {
    struct format_sink *sink;
    size_t count;
    va_list args;
};

static const int limit = 4096;

static void put(struct output *out, const char *text, size_t len)
{
    if (len > 0) {
        out->sink->write(out->sink, text, len);
        out->count += len;
    }
}

static void put_repeated(struct output *out, char c, int count)
{
    const char *run = c == '0' ? "0000000000000000" : "                ";
    for (; count > 0; count -= 16) {
        put(out, run, count < 16 ? (size_t)count : 16);
    }
}

/* A field: prefix, zeros and body, padded with blanks on one side up to the width. */
static void put_field(struct output *out, const struct directive *directive, const char *prefix,
                      int zeros, const char *body, size_t len)
{
    size_t prefix_len = strlen(prefix);
    int blanks = 0;
    if (prefix_len + (size_t)zeros + len < (size_t)directive->width) {
        blanks = directive->width - (int)(prefix_len + (size_t)zeros + len);
    }
    put_repeated(out, ' ', directive->left ? 0 : blanks);
    put(out, prefix, prefix_len);
    put_repeated(out, '0', zeros);
    put(out, body, len);
    put_repeated(out, ' ', directive->left ? blanks : 0);
}

/* The least number of digits that precision, or width with the flag 0, asks for. */
static int least_digits(const struct directive *directive, size_t prefix_len)
{
    if (directive->precision >= 0) {
        return directive->precision;
    }
    int room = directive->width - (int)prefix_len;
    return directive->zero && !directive->left && room > 1 ? room : 1;
}

static void put_number(struct output *out, const struct directive *directive, const char *prefix,
                       uint64_t value)
{
    bool decimal = directive->conversion == 'd' || directive->conversion == 'u';
    const char *digits = directive->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = decimal ? 10 : 16;
    char buf[20];
    int len = 0;
    for (; value != 0; value /= base) {
        buf[sizeof(buf) - (size_t)++len] = digits[value % base];
    }
    int least = least_digits(directive, strlen(prefix));
    put_field(out, directive, prefix, least > len ? least - len : 0, buf + sizeof(buf) - len,
              (size_t)len);
}

static void put_integer(struct output *out, const struct directive *directive)
{
    int64_t value = directive->bits == 64 ? va_arg(out->args, long) : va_arg(out->args, int);
    int unused = 64 - directive->bits; /* shifted out and in again: a cast to the argument's type */
    uint64_t magnitude = (uint64_t)value << unused >> unused;
    char prefix[3] = "";
    if (directive->conversion == 'd') {
        value = (int64_t)((uint64_t)value << unused) >> unused;
        magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
        prefix[0] = value < 0 ? '-' : directive->plus;
    } else if (directive->alternate && magnitude != 0 && directive->conversion != 'u') {
        prefix[0] = '0';
        prefix[1] = directive->conversion;
    }
    put_number(out, directive, prefix, magnitude);
}

static void put_string(struct output *out, const struct directive *directive)
{
    const char *string = va_arg(out->args, const char *);
    if (!string) {
        string = "(null)";
    }
    size_t max = directive->precision < 0 ? SIZE_MAX : (size_t)directive->precision;
    put_field(out, directive, "", 0, string, strnlen(string, max));
}

static void put_character(struct output *out, const struct directive *directive)
{
    char c = (char)va_arg(out->args, int);
    put_field(out, directive, "", 0, &c, 1);
}

/* False when the conversion is unknown; nothing was written or fetched then. */
static bool put_directive(struct output *out, const struct directive *directive)
{
    switch (directive->conversion) {
    case 'd':
    case 'u':
    case 'x':
    case 'X': put_integer(out, directive); return true;
    case 'p': put_number(out, directive, "0x", (uintptr_t)va_arg(out->args, void *)); return true;
    case 's': put_string(out, directive); return true;
    case 'c': put_character(out, directive); return true;
    case '%': put(out, "%", 1); return true;
    default: return false;
    }
}

static const char *parse_flags(const char *at, struct directive *directive)
{
    for (;; at++) {
        if (*at == '-') {
            directive->left = true;
        } else if (*at == '0') {
            directive->zero = true;
        } else if (*at == '#') {
            directive->alternate = true;
        } else if (*at == '+' || (*at == ' ' && directive->plus == 0)) {
            directive->plus = *at;
        } else if (*at != ' ') {
            return at;
        }
    }
}

/* A number or *, which is the next argument and may be negative. */
static const char *parse_count(const char *at, struct output *out, int *count)
{
    *count = 0;
    if (*at == '*') {
        int value = va_arg(out->args, int);
        *count = value > limit ? limit : value < -limit ? -limit : value;
        return at + 1;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        *count = *count * 10 + (*at - '0');
        *count = *count > limit ? limit : *count;
    }
    return at;
}

static const char *parse_length(const char *at, struct directive *directive)
{
    directive->bits = 32;
    if (*at == 'h') {
        directive->bits = at[1] == 'h' ? 8 : 16;
        return at + (at[1] == 'h' ? 2 : 1);
    }
    if (*at == 'l' || *at == 'z' || *at == 'j' || *at == 't') {
        directive->bits = 64;
        return at + (at[0] == 'l' && at[1] == 'l' ? 2 : 1);
    }
    return at;
}

/* Parses what follows the %; returns what follows the directive. */
static const char *parse_directive(const char *at, struct output *out, struct directive *directive)
{
    *directive = (struct directive){.precision = -1};
    at = parse_flags(at, directive);
    at = parse_count(at, out, &directive->width);
    if (directive->width < 0) {
        directive->left = true;
        directive->width = -directive->width;
    }
    if (*at == '.') {
        at = parse_count(at + 1, out, &directive->precision);
    }
    at = parse_length(at, directive);
    directive->conversion = *at == 'i' ? 'd' : *at;
    return *at == '\0' ? at : at + 1;
}

size_t vformat_to(struct format_sink *sink, const char *fmt, va_list args)
{
    struct output out = {.sink = sink};
    va_copy(out.args, args);
    while (*fmt != '\0') {
        size_t plain = 0;
        while (fmt[plain] != '\0' && fmt[plain] != '%') {
            plain++;
        }
        put(&out, fmt, plain);
        fmt += plain;
        if (*fmt == '%') {
            struct directive directive;
            const char *next = parse_directive(fmt + 1, &out, &directive);
            if (!put_directive(&out, &directive)) {
                put(&out, fmt, strlen(fmt));
                break;
            }
            fmt = next;
        }
    }
    va_end(out.args);
    return out.count;
}

size_t format_to(struct format_sink *sink, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    size_t count = vformat_to(sink, fmt, args);
    va_end(args);
    return count;
}

/* A sink that keeps what fits in front of the closing NUL. */
struct buffer_sink {
    struct format_sink sink;
    char *at;
    size_t room;
};

static void buffer_write(struct format_sink *sink, const char *text, size_t len)
{
    struct buffer_sink *buffer = container_of(sink, struct buffer_sink, sink);
    size_t kept = len < buffer->room ? len : buffer->room;
    memcpy(buffer->at, text, kept);
    buffer->at += kept;
    buffer->room -= kept;
}

size_t vformat(char *buf, size_t cap, const char *fmt, va_list args)
{
    if (cap == 0) {
        char none;
        return vformat(&none, 1, fmt, args);
    }
    struct buffer_sink buffer = {{buffer_write}, buf, cap - 1};
    size_t count = vformat_to(&buffer.sink, fmt, args);
    *buffer.at = '\0';
    return count;
}

size_t format(char *buf, size_t cap, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    size_t count = vformat(buf, cap, fmt, args);
    va_end(args);
    return count;
}
