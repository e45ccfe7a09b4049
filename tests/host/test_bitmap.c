/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/bitmap.c */
/* Bitmaps against an array of booleans. */
#include "lib/bitmap.h"
#include <string.h>
#include <test.h>
#include <test_random.h>

enum { BITS_MAX = 300 };

static uint64_t words[BITMAP_WORDS(BITS_MAX)];
static bool model[BITS_MAX];

static size_t model_find(size_t bits, size_t from, bool value)
{
    while (from < bits && model[from] != value) {
        from++;
    }
    return from < bits ? from : bits;
}

static size_t model_find_run(size_t bits, size_t from, size_t count)
{
    for (; from + count <= bits; from++) {
        size_t len = 0;
        while (len < count && !model[from + len]) {
            len++;
        }
        if (len == count) {
            return from;
        }
    }
    return bits;
}

static void compare(size_t bits)
{
    size_t count = 0;
    for (size_t i = 0; i < bits; i++) {
        assert_int_equal(bitmap_test(words, i), model[i]);
        count += model[i];
    }
    size_t from = test_random_below(bits + 2);
    size_t run = 1 + test_random_below(20);
    assert_int_equal(bitmap_count(words, bits), count);
    assert_int_equal(bitmap_find_set(words, bits, from), model_find(bits, from, true));
    assert_int_equal(bitmap_find_clear(words, bits, from), model_find(bits, from, false));
    assert_int_equal(bitmap_find_clear_run(words, bits, from, run),
                     model_find_run(bits, from, run));
}

static void bitmap_does_what_an_array_of_booleans_does(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t bits = 1 + test_random_below(BITS_MAX);
        size_t first = test_random_below(bits);
        size_t count = test_random_below(bits - first + 1);
        switch (test_random_below(4)) {
        case 0:
            bitmap_set(words, first);
            model[first] = true;
            break;
        case 1:
            bitmap_clear(words, first);
            model[first] = false;
            break;
        case 2:
            bitmap_set_range(words, first, count);
            memset(model + first, true, count);
            break;
        case 3:
            bitmap_clear_range(words, first, count);
            memset(model + first, false, count);
            break;
        }
        compare(bits);
    }
}

static void bitmap_find_ignores_bits_beyond_the_end(void **state)
{
    (void)state;
    uint64_t word = 1ull << 63;
    assert_int_equal(bitmap_find_set(&word, 63, 0), 63);
    assert_int_equal(bitmap_count(&word, 63), 0);
    assert_int_equal(bitmap_find_set(&word, 64, 0), 63);
    word = ~word;
    assert_int_equal(bitmap_find_clear(&word, 63, 0), 63);
    assert_int_equal(bitmap_find_clear_run(&word, 64, 0, 1), 63);
    assert_int_equal(bitmap_find_clear_run(&word, 64, 0, 2), 64);
}

static void bitmap_words_holds_the_bits(void **state)
{
    (void)state;
    assert_int_equal(BITMAP_WORDS(0), 0);
    assert_int_equal(BITMAP_WORDS(1), 1);
    assert_int_equal(BITMAP_WORDS(64), 1);
    assert_int_equal(BITMAP_WORDS(65), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bitmap_does_what_an_array_of_booleans_does),
        cmocka_unit_test(bitmap_find_ignores_bits_beyond_the_end),
        cmocka_unit_test(bitmap_words_holds_the_bits),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
