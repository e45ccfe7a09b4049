/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/string.c */
/*
 * The string functions against those of the C library. Ours are compiled in under other names, so
 * that the program's own calls stay with the library.
 */
#include "lib/string.h"
#include <test.h>
#include <test_random.h>

#define memcpy  ours_memcpy
#define memmove ours_memmove
#define memset  ours_memset
#define memcmp  ours_memcmp
#define memchr  ours_memchr
#define strlen  ours_strlen
#define strnlen ours_strnlen
#define strcmp  ours_strcmp
#define strncmp ours_strncmp
#define strchr  ours_strchr
#define strrchr ours_strrchr
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include "lib/cstring.c"
#pragma GCC diagnostic pop
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

enum { AREA = 200, ROUNDS = 50000 };

static unsigned char ours[AREA];
static unsigned char theirs[AREA];

static void fill(void)
{
    for (int i = 0; i < AREA; i++) {
        ours[i] = theirs[i] = (unsigned char)test_random();
    }
}

/* Few different letters, so that strings are often alike; some with the top bit set. */
static void random_string(char *buf, size_t cap)
{
    size_t len = test_random_below(cap);
    for (size_t i = 0; i < len; i++) {
        buf[i] = "ab\200\377"[test_random_below(4)];
    }
    buf[len] = '\0';
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void memcpy_copies_exactly(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        unsigned char from[80];
        size_t len = test_random_below(sizeof(from) + 1);
        size_t at = test_random_below(AREA - len + 1);
        fill();
        for (size_t i = 0; i < sizeof(from); i++) {
            from[i] = (unsigned char)test_random();
        }
        assert_ptr_equal(ours_memcpy(ours + at, from + sizeof(from) - len, len), ours + at);
        memcpy(theirs + at, from + sizeof(from) - len, len);
        assert_memory_equal(ours, theirs, AREA);
    }
}

static void memmove_copies_overlapping_areas(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        size_t len = test_random_below(AREA + 1);
        size_t from = test_random_below(AREA - len + 1);
        size_t to = test_random_below(AREA - len + 1);
        fill();
        assert_ptr_equal(ours_memmove(ours + to, ours + from, len), ours + to);
        memmove(theirs + to, theirs + from, len);
        assert_memory_equal(ours, theirs, AREA);
    }
}

static void memset_fills_exactly(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        size_t len = test_random_below(AREA + 1);
        size_t at = test_random_below(AREA - len + 1);
        int value = (int)test_random_below(1024) - 512;
        fill();
        assert_ptr_equal(ours_memset(ours + at, value, len), ours + at);
        memset(theirs + at, value, len);
        assert_memory_equal(ours, theirs, AREA);
    }
}

static void memcmp_and_memchr_agree_with_the_library(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        size_t len = test_random_below(AREA);
        fill();
        if (test_random_below(4) != 0) {
            ours[test_random_below(AREA)] ^= 1 << test_random_below(8);
        }
        assert_int_equal(sign(ours_memcmp(ours, theirs, len)), sign(memcmp(ours, theirs, len)));
        int value = ours[test_random_below(AREA)] + 256;
        assert_ptr_equal(ours_memchr(ours, value, len), memchr(ours, value, len));
    }
}

static void string_functions_agree_with_the_library(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char a[12];
        char b[12];
        size_t max = test_random_below(14);
        random_string(a, sizeof(a));
        random_string(b, sizeof(b));
        int letter = "ab\200\377\0z"[test_random_below(6)];
        assert_int_equal(ours_strlen(a), strlen(a));
        assert_int_equal(ours_strnlen(a, max), strnlen(a, max));
        assert_int_equal(sign(ours_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(ours_strncmp(a, b, max)), sign(strncmp(a, b, max)));
        assert_ptr_equal(ours_strchr(a, letter), strchr(a, letter));
        assert_ptr_equal(ours_strrchr(a, letter), strrchr(a, letter));
    }
}

static void string_copy_cuts_and_terminates(void **state)
{
    (void)state;
    char buf[6] = "xxxxx";
    assert_true(string_copy(buf, 5, "four"));
    assert_string_equal(buf, "four");
    assert_false(string_copy(buf, 5, "fifth"));
    assert_string_equal(buf, "fift");
    assert_false(string_copy(buf, 1, "a"));
    assert_string_equal(buf, "");
    assert_true(string_copy(buf, 1, ""));
    assert_string_equal(buf, "");
}

static void string_equal_and_starts_with_compare_whole_strings(void **state)
{
    (void)state;
    assert_true(string_equal("", ""));
    assert_true(string_equal("init", "init"));
    assert_false(string_equal("init", "initial"));
    assert_true(string_starts_with("verdict=0xf4", "verdict="));
    assert_true(string_starts_with("x", ""));
    assert_false(string_starts_with("ver", "verdict"));
}

static void memory_wipe_zeroes_exactly(void **state)
{
    (void)state;
    char buf[5] = "abcd";
    memory_wipe(buf + 1, 2);
    assert_memory_equal(buf, "a\0\0d", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memcpy_copies_exactly),
        cmocka_unit_test(memmove_copies_overlapping_areas),
        cmocka_unit_test(memset_fills_exactly),
        cmocka_unit_test(memcmp_and_memchr_agree_with_the_library),
        cmocka_unit_test(string_functions_agree_with_the_library),
        cmocka_unit_test(string_copy_cuts_and_terminates),
        cmocka_unit_test(string_equal_and_starts_with_compare_whole_strings),
        cmocka_unit_test(memory_wipe_zeroes_exactly),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
