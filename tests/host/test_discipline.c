/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/console/discipline.c */
/* The line discipline: what is typed, what is passed on, and what is echoed. */
#include "drivers/console/discipline.h"
#include <proto/terminal.h>
#include <stdio.h>
#include <string.h>
#include <test.h>

static struct discipline discipline;
static char passed_on[3 * LINE_MAX];
static size_t passed_len;
static char echoed[64 * 1024];
static size_t echoed_len;
static size_t ends, interrupts;

static void start(uint32_t mode)
{
    memset(&discipline, 0, sizeof(discipline));
    discipline.mode = mode;
    passed_len = echoed_len = ends = interrupts = 0;
}

static void pass_on(void)
{
    memcpy(passed_on + passed_len, discipline.line, discipline.len);
    passed_len += discipline.len;
    discipline_next(&discipline);
}

static void type_len(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct echo echo = {0};
        enum typed typed = discipline_type(&discipline, (uint8_t)text[i], 0, &echo);
        if (typed == TYPED_BYTES) {
            pass_on();
        }
        ends += typed == TYPED_END;
        interrupts += typed == TYPED_INTERRUPT;
        memcpy(echoed + echoed_len, echo.bytes, echo.len);
        echoed_len += echo.len;
    }
}

static void type(const char *text)
{
    type_len(text, strlen(text));
}

static void expect(const char *passed, const char *echo)
{
    assert_int_equal(passed_len, strlen(passed));
    assert_memory_equal(passed_on, passed, passed_len);
    assert_int_equal(echoed_len, strlen(echo));
    assert_memory_equal(echoed, echo, echoed_len);
}

/* What remains of a line when it is edited like that. */
static void expect_edited(const char *typed, const char *line)
{
    start(terminal_mode_usual);
    type(typed);
    type("\r");
    assert_int_equal(passed_len, strlen(line) + 1);
    assert_memory_equal(passed_on, line, strlen(line));
    assert_int_equal(passed_on[passed_len - 1], '\n');
}

static void a_line_is_passed_on_when_it_ends(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    type("ls -l");
    expect("", "ls -l");
    type("\r");
    expect("ls -l\n", "ls -l\r\n");
    start(terminal_mode_usual);
    type("\n");
    expect("\n", "\r\n");
}

static void return_is_a_byte_like_any_other_without_its_mode(void **state)
{
    (void)state;
    start(terminal_mode_lines);
    type("a\r\n");
    expect("a\r\n", "");
}

static void erase_takes_the_last_character_away(void **state)
{
    (void)state;
    expect_edited("ax\177b", "ab");
    expect_edited("ax\bb", "ab");
    expect_edited("\177\177a", "a");
    start(terminal_mode_usual);
    type("a\177");
    expect("", "a\b \b");
}

static void erase_takes_a_character_of_several_bytes_as_one(void **state)
{
    (void)state;
    expect_edited("a\xc3\xa9\177b", "ab");
    expect_edited("a\xe2\x82\xac\177b", "ab");
    expect_edited("a\xf0\x9f\x98\x80\177b", "ab");
    start(terminal_mode_usual);
    type("\xe2\x82\xac\177");
    expect("", "\xe2\x82\xac\b \b");
}

static void erase_copes_with_bytes_that_are_no_characters(void **state)
{
    (void)state;
    expect_edited("\x80\x80\x80\177a", "a");
    expect_edited("a\xff\177b", "ab");
}

static void control_characters_take_two_columns(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    type("\x01\177");
    expect("", "^A\b \b\b \b");
}

static void tabs_take_as_many_columns_as_they_have(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    type("abcde\t\177");
    expect("", "abcde\t\b \b\b \b\b \b");
}

static void word_erase_takes_a_word_and_the_blanks_behind_it(void **state)
{
    (void)state;
    expect_edited("one two  \x17three", "one three");
    expect_edited("one\x17", "");
    expect_edited("  \x17", "");
}

static void kill_takes_the_line_away(void **state)
{
    (void)state;
    expect_edited("something\x15"
                  "else",
                  "else");
}

static void too_much_to_erase_is_begun_anew(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    for (size_t i = 0; i < 300; i++) {
        type("x");
    }
    echoed_len = 0;
    type("\x15");
    expect("", "^U\r\n");
}

static void reprint_shows_the_line_again(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    type("ab\x12");
    expect("", "ab^R\r\nab");
}

static void the_next_byte_is_literal_behind_ctrl_v(void **state)
{
    (void)state;
    expect_edited("\x16\x03\x16\x04\x16\r\x16\x16", "\x03\x04\r\x16");
    assert_int_equal(interrupts, 0);
    start(terminal_mode_usual);
    type("\x16\x03");
    expect("", "^C");
}

static void ctrl_c_interrupts_and_drops_the_line(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    type("rm\x03ls\r");
    assert_int_equal(interrupts, 1);
    expect("ls\n", "rm^C\r\nls\r\n");
    start(0);
    type("\x03");
    assert_int_equal(interrupts, 0);
    expect("\x03", "");
}

static void ctrl_d_ends_the_input_or_passes_on_what_there_is(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    type("\x04");
    assert_int_equal(ends, 1);
    type("ab\x04");
    assert_int_equal(ends, 1);
    expect("ab", "ab");
    type("\x04");
    assert_int_equal(ends, 2);
}

static void raw_bytes_are_passed_on_as_they_come(void **state)
{
    static const char keys[] = "\x1b[A\x1bOP\x1b[3~\x7f\x08\x15\x16\x03\x04\r\n\xc3\xa9";
    (void)state;
    start(0);
    type(keys);
    expect(keys, "");
}

static void nothing_is_echoed_without_its_mode(void **state)
{
    (void)state;
    start(terminal_mode_usual & ~terminal_mode_echo);
    type("secret\177\x15\x12\x16\x03pass\r");
    expect("\x03pass\n", "");
}

static void a_line_that_is_too_long_is_passed_on_in_pieces(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    for (size_t i = 0; i < 2 * LINE_MAX + 10; i++) {
        type("x");
    }
    assert_int_equal(passed_len, 2 * LINE_MAX);
    type("\r");
    assert_int_equal(passed_len, 2 * LINE_MAX + 11);
}

static void a_line_that_is_begun_is_passed_on_when_lines_are_given_up(void **state)
{
    (void)state;
    start(terminal_mode_usual);
    assert_false(discipline_set_mode(&discipline, 0));
    discipline_set_mode(&discipline, terminal_mode_usual);
    type("ab");
    assert_true(discipline_set_mode(&discipline, 0));
    pass_on();
    expect("ab", "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_passed_on_when_it_ends),
        cmocka_unit_test(return_is_a_byte_like_any_other_without_its_mode),
        cmocka_unit_test(erase_takes_the_last_character_away),
        cmocka_unit_test(erase_takes_a_character_of_several_bytes_as_one),
        cmocka_unit_test(erase_copes_with_bytes_that_are_no_characters),
        cmocka_unit_test(control_characters_take_two_columns),
        cmocka_unit_test(tabs_take_as_many_columns_as_they_have),
        cmocka_unit_test(word_erase_takes_a_word_and_the_blanks_behind_it),
        cmocka_unit_test(kill_takes_the_line_away),
        cmocka_unit_test(too_much_to_erase_is_begun_anew),
        cmocka_unit_test(reprint_shows_the_line_again),
        cmocka_unit_test(the_next_byte_is_literal_behind_ctrl_v),
        cmocka_unit_test(ctrl_c_interrupts_and_drops_the_line),
        cmocka_unit_test(ctrl_d_ends_the_input_or_passes_on_what_there_is),
        cmocka_unit_test(raw_bytes_are_passed_on_as_they_come),
        cmocka_unit_test(nothing_is_echoed_without_its_mode),
        cmocka_unit_test(a_line_that_is_too_long_is_passed_on_in_pieces),
        cmocka_unit_test(a_line_that_is_begun_is_passed_on_when_lines_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
