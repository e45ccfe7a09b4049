/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/sgr.c lib/log_line.c lib/format.c */
/* Colours in text: what of it is shown, and how. */
#include "lib/sgr.h"
#include <test.h>

#include <string.h>

/* What is shown of a text, each character behind the row of its colour. */
static const char *shown(const char *text)
{
    static char out[128];
    struct sgr sgr = {0};
    size_t len = 0;
    memset(out, 0, sizeof(out));
    for (; *text != '\0'; text++) {
        if (!sgr_take(&sgr, (unsigned char)*text)) {
            out[len++] = (char)('0' + sgr_shade(&sgr, j6_log_output));
            out[len++] = *text;
        }
    }
    return out;
}

static void sequences_colour_what_follows_and_are_not_shown(void **state)
{
    (void)state;
    assert_string_equal(shown("a\x1b[31mb\x1b[0mc"), "0a1b0c");
    assert_string_equal(shown("\x1b[33ma\x1b[32mb\x1b[39mc"), "2a5b0c");
    assert_string_equal(shown("\x1b[31ma\x1b[mb"), "1a0b");
    assert_string_equal(shown("\x1b[1;31ma\x1b[0;32mb"), "1a5b");
    assert_string_equal(shown("\x1b[31;44ma"), "1a");
}

static void sequences_with_other_meanings_change_nothing(void **state)
{
    (void)state;
    assert_string_equal(shown("a\x1b[2Jb\x1b[1;31Hc\x1b[?25ld"), "0a0b0c0d");
    assert_string_equal(shown("\x1b[131ma\x1b[287mb\x1b[99999999999mc"), "0a0b0c");
}

static void what_breaks_off_a_sequence_is_shown(void **state)
{
    (void)state;
    assert_string_equal(shown("\x1b[31\nb"), "0\n0b");
    assert_string_equal(shown("\x1bxa"), "0x0a");
    assert_string_equal(shown("\x1b\x1b[31ma"), "1a");
    assert_string_equal(shown("\x1b[3\x1b[31ma"), "1a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_colour_what_follows_and_are_not_shown),
        cmocka_unit_test(sequences_with_other_meanings_change_nothing),
        cmocka_unit_test(what_breaks_off_a_sequence_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
