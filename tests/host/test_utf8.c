/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/framebuffer/utf8.c */
/* UTF-8, well-formed and not. The malformed examples are those of Unicode 15, tables 3-8 to 3-11. */
#include "drivers/framebuffer/utf8.h"

#include <string.h>
#include <test.h>

enum { BAD = UTF8_REPLACEMENT, CHARACTERS_MAX = 16 };

static const struct example {
    const char *bytes;
    uint32_t characters[CHARACTERS_MAX]; /* ended by 0 */
} examples[] = {
    {"abc", {'a', 'b', 'c'}},
    {"\x7f\xc2\x80\xdf\xbf", {0x7f, 0x80, 0x7ff}},
    {"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", {0x800, 0xd7ff, 0xe000, 0xffff}},
    {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", {0x10000, 0x10ffff}},
    {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", {BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, 'A'}},
    {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", {BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, 'A'}},
    {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", {BAD, BAD, BAD, BAD, BAD, 'A', BAD, BAD, 'B'}},
    {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", {BAD, BAD, BAD, BAD, 'A'}},
    {"\xe2\x82\xe2\x82\xac", {BAD, 0x20ac}},
    {"a\xe2\x82", {'a', BAD}},
};

static size_t decode(const char *bytes, uint32_t *out)
{
    struct utf8 utf8 = {0};
    size_t count = 0;
    for (size_t i = 0; bytes[i] != 0; i++) {
        count += utf8_take(&utf8, (uint8_t)bytes[i], out + count);
    }
    return count + utf8_end(&utf8, out + count);
}

static void well_formed_and_malformed_bytes_become_the_right_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        uint32_t characters[CHARACTERS_MAX + 2] = {0};
        size_t count = decode(examples[i].bytes, characters);
        for (size_t j = 0; j < CHARACTERS_MAX; j++) {
            assert_int_equal(characters[j], examples[i].characters[j]);
        }
        assert_int_equal(examples[i].characters[count], 0);
    }
}

static size_t encode(uint32_t character, char *out)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    out[0] = (char)(~(0x7f >> more) | (int)(character >> 6 * more));
    for (size_t i = 1; i <= more; i++) {
        out[i] = (char)(0x80 | (character >> 6 * (more - i) & 0x3f));
    }
    return more + 1;
}

static void every_character_is_read_back(void **state)
{
    (void)state;
    for (uint32_t character = 1; character <= 0x10ffff; character++) {
        char bytes[5] = {0};
        uint32_t characters[8];
        if (character >= 0xd800 && character <= 0xdfff) {
            continue;
        }
        encode(character, bytes);
        assert_int_equal(decode(bytes, characters), 1);
        assert_int_equal(characters[0], character);
    }
}

static void a_character_that_has_not_come_whole_is_told_once(void **state)
{
    (void)state;
    struct utf8 utf8 = {0};
    uint32_t characters[2];
    assert_int_equal(utf8_end(&utf8, characters), 0);
    assert_int_equal(utf8_take(&utf8, 0xe2, characters), 0);
    assert_int_equal(utf8_end(&utf8, characters), 1);
    assert_int_equal(characters[0], UTF8_REPLACEMENT);
    assert_int_equal(utf8_end(&utf8, characters), 0);
    assert_int_equal(utf8_take(&utf8, 'a', characters), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_and_malformed_bytes_become_the_right_characters),
        cmocka_unit_test(every_character_is_read_back),
        cmocka_unit_test(a_character_that_has_not_come_whole_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
