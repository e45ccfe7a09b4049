/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/format.c lib/string.c */
/* The formatter against snprintf, and where it differs from it on purpose. */
#include "lib/format.h"
#include "lib/container.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <test.h>
#include <test_random.h>

#pragma GCC diagnostic ignored "-Wformat-zero-length"

enum { ROUNDS = 200000, TEXT = 256 };

/* Calls both with the same arguments and compares length and text. */
#define COMPARE(...)                                         \
    do {                                                     \
        char ours[TEXT];                                     \
        char theirs[TEXT];                                   \
        memset(ours, 'x', sizeof(ours));                     \
        memset(theirs, 'x', sizeof(theirs));                 \
        size_t cap = 1 + test_random_below(TEXT);            \
        size_t ours_len = format(ours, cap, __VA_ARGS__);    \
        int theirs_len = snprintf(theirs, cap, __VA_ARGS__); \
        assert_int_equal(ours_len, theirs_len);              \
        assert_string_equal(ours, theirs);                   \
        for (size_t i = cap; i < TEXT; i++) {                \
            assert_int_equal(ours[i], 'x');                  \
        }                                                    \
    } while (0)

/* %, flags that mean something for the conversion, width, precision. */
static size_t random_directive(char *fmt, const char *flags)
{
    size_t len = 0;
    fmt[len++] = '%';
    for (int i = 0; i < 3 && *flags != '\0'; i++) {
        if (test_random_below(2) == 0) {
            fmt[len++] = flags[test_random_below(strlen(flags))];
        }
    }
    if (test_random_below(2) == 0) {
        len += (size_t)sprintf(fmt + len, "%u", (unsigned)test_random_below(40));
    }
    if (test_random_below(2) == 0) {
        fmt[len++] = '.';
        if (test_random_below(4) != 0) {
            len += (size_t)sprintf(fmt + len, "%u", (unsigned)test_random_below(40));
        }
    }
    return len;
}

static void format_writes_integers_as_snprintf_does(void **state)
{
    (void)state;
    static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
    for (int round = 0; round < ROUNDS; round++) {
        char conversion = "diuxX"[test_random_below(5)];
        bool hexadecimal = conversion == 'x' || conversion == 'X';
        bool is_signed = conversion == 'd' || conversion == 'i';
        char fmt[40] = "<";
        size_t len = 1 + random_directive(fmt + 1, hexadecimal ? "-0#" : is_signed ? "-0+ " : "-0");
        size_t kind = test_random_below(8);
        sprintf(fmt + len, "%s%c>", lengths[kind], conversion);
        uint64_t value = test_random_magnitude();
        if (kind < 3) {
            COMPARE(fmt, (int)value);
        } else {
            COMPARE(fmt, value);
        }
    }
}

static void format_writes_strings_and_characters_as_snprintf_does(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS / 4; round++) {
        char fmt[40];
        size_t len = random_directive(fmt, "-");
        strcpy(fmt + len, "s|");
        const char *string = &"a string of some length"[test_random_below(24)];
        COMPARE(fmt, string);
        char *dot = strchr(fmt, '.');
        strcpy(dot ? dot : fmt + len, "c|");
        int letter = 'a' + (int)test_random_below(26);
        COMPARE(fmt, letter);
    }
}

static void format_takes_width_and_precision_from_arguments(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS / 4; round++) {
        int width = (int)test_random_below(60) - 30;
        int precision = (int)test_random_below(40) - 10;
        COMPARE("%*d|%.*s|%*.*x", width, 42, precision, "something", width, precision, 0xbeefu);
    }
}

static void format_writes_several_directives(void **state)
{
    (void)state;
    COMPARE("plain");
    COMPARE("");
    COMPARE("%%");
    COMPARE("%d%%%u%s%c", -1, 2u, "three", '4');
    COMPARE("cpu %u: %-12s 0x%016lx %5zu KiB", 3u, "timer", 0xfee00000ul, (size_t)64);
    COMPARE("%d %u %ld %lu", INT32_MIN, UINT32_MAX, INT64_MIN, UINT64_MAX);
}

static void format_without_room_only_counts(void **state)
{
    (void)state;
    char buf[4] = "abc";
    assert_int_equal(format(buf, 0, "%d", 12345), 5);
    assert_string_equal(buf, "abc");
    assert_int_equal(format(buf, 1, "%d", 12345), 5);
    assert_string_equal(buf, "");
    assert_int_equal(format(NULL, 0, "%d", 12345), 5);
}

static void format_writes_pointers_as_hexadecimal(void **state)
{
    (void)state;
    char buf[64];
    format(buf, sizeof(buf), "%p %p %20p|", (void *)0xffff800000001000, NULL, (void *)0xab);
    assert_string_equal(buf, "0xffff800000001000 0x0                 0xab|");
}

static void format_writes_a_missing_string_as_null(void **state)
{
    (void)state;
    char buf[32];
    const char *volatile missing = NULL;
    format(buf, sizeof(buf), "%s %8s", missing, missing);
    assert_string_equal(buf, "(null)   (null)");
}

/* What follows can't be trusted to be what it says, so it isn't read. */
static void format_leaves_unknown_directives_as_they_stand(void **state)
{
    (void)state;
    char buf[64];
    const char *volatile fmt = "%d %08.3f %s";
    format(buf, sizeof(buf), fmt, 7, 1.0, (char *)1);
    assert_string_equal(buf, "7 %08.3f %s");
    fmt = "50%";
    format(buf, sizeof(buf), fmt, 7);
    assert_string_equal(buf, "50%");
    fmt = "%n";
    format(buf, sizeof(buf), fmt, NULL);
    assert_string_equal(buf, "%n");
}

static void format_bounds_width_and_precision(void **state)
{
    (void)state;
    const char *volatile fmt = "%99999999999999999999d";
    assert_int_equal(format(NULL, 0, fmt, 1), 4096);
    fmt = "%.99999999999999999999d";
    assert_int_equal(format(NULL, 0, fmt, 1), 4096);
    fmt = "%*d";
    assert_int_equal(format(NULL, 0, fmt, INT32_MIN, 1), 4096);
    assert_int_equal(format(NULL, 0, fmt, INT32_MAX, 1), 4096);
    fmt = "%.*d";
    assert_int_equal(format(NULL, 0, fmt, INT32_MIN, 1), 1);
    assert_int_equal(format(NULL, 0, fmt, INT32_MAX, 1), 4096);
}

struct gathering_sink {
    struct format_sink sink;
    char text[64];
    size_t len;
    bool empty_write;
};

static void gather(struct format_sink *sink, const char *text, size_t len)
{
    struct gathering_sink *gathering = container_of(sink, struct gathering_sink, sink);
    gathering->empty_write |= len == 0;
    assert_in_range(gathering->len + len, 0, sizeof(gathering->text) - 1);
    memcpy(gathering->text + gathering->len, text, len);
    gathering->len += len;
}

static void format_to_streams_into_a_sink(void **state)
{
    (void)state;
    struct gathering_sink sink = {.sink = {gather}};
    assert_int_equal(format_to(&sink.sink, "%s=%-20d|%s", "value", -5, ""), 27);
    assert_int_equal(sink.len, 27);
    assert_string_equal(sink.text, "value=-5                  |");
    assert_false(sink.empty_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_writes_integers_as_snprintf_does),
        cmocka_unit_test(format_writes_strings_and_characters_as_snprintf_does),
        cmocka_unit_test(format_takes_width_and_precision_from_arguments),
        cmocka_unit_test(format_writes_several_directives),
        cmocka_unit_test(format_without_room_only_counts),
        cmocka_unit_test(format_writes_pointers_as_hexadecimal),
        cmocka_unit_test(format_writes_a_missing_string_as_null),
        cmocka_unit_test(format_leaves_unknown_directives_as_they_stand),
        cmocka_unit_test(format_bounds_width_and_precision),
        cmocka_unit_test(format_to_streams_into_a_sink),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
