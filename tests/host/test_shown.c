/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/console/shown.c */
/* What appears on a line to which several write. */
#include "drivers/console/shown.h"
#include <string.h>
#include <test.h>

static struct ring ring;
static struct shown shown;
static struct author front, back, other;

static void start(void)
{
    memset(&ring, 0, sizeof(ring));
    memset(&front, 0, sizeof(front));
    memset(&back, 0, sizeof(back));
    memset(&other, 0, sizeof(other));
    shown = (struct shown){.out = &ring};
    shown_set_foreground(&shown, &front);
}

static void expect(const char *text)
{
    for (; *text != 0; text++) {
        assert_true(ring_count(&ring) > 0);
        assert_int_equal(ring_take(&ring), (uint8_t)*text);
    }
    assert_int_equal(ring_count(&ring), 0);
}

static void front_writes(const char *text)
{
    shown_write(&shown, text, strlen(text), true);
}

static bool back_writes(struct author *author, const char *text)
{
    return shown_write_lines(&shown, author, text, strlen(text));
}

static void the_foreground_is_shown_at_once(void **state)
{
    (void)state;
    start();
    front_writes("$ ");
    expect("$ ");
    front_writes("a\nb");
    expect("a\r\nb");
    shown_write(&shown, "\n", 1, false);
    expect("\n");
}

static void others_are_shown_when_their_line_is_complete(void **state)
{
    (void)state;
    start();
    assert_false(back_writes(&back, "one"));
    assert_false(back_writes(&other, "two\n"));
    expect("two\r\n");
    assert_false(back_writes(&back, " more\nand"));
    expect("one more\r\n");
    assert_false(shown_end(&shown, &back));
    expect("and\r\n");
}

static void an_unfinished_line_of_the_foreground_is_ended_and_shown_again(void **state)
{
    (void)state;
    start();
    front_writes("$ ");
    shown_echo(&shown, "ls", 2);
    expect("$ ls");
    assert_true(back_writes(&back, "done\n"));
    expect("\r\ndone\r\n");
    shown_again(&shown);
    expect("$ ");
    assert_false(back_writes(&back, "piece"));
    assert_true(shown_end(&shown, &back));
    expect("\r\npiece\r\n");
}

static void a_line_that_was_ended_by_return_is_not_shown_again(void **state)
{
    (void)state;
    start();
    front_writes("$ ");
    shown_echo(&shown, "ls\r\n", 4);
    expect("$ ls\r\n");
    assert_false(back_writes(&back, "done\n"));
    expect("done\r\n");
    shown_again(&shown);
    expect("");
}

static void escape_sequences_take_no_columns(void **state)
{
    (void)state;
    start();
    front_writes("\x1b[1;31m\x1b[0m\x1b[2J");
    assert_int_equal(shown.column, 0);
    front_writes("a\x1b[Hb\b");
    assert_int_equal(shown.column, 0);
}

static void the_next_foreground_begins_on_a_line_of_its_own(void **state)
{
    (void)state;
    start();
    front_writes("no newline");
    back_writes(&back, "$ ");
    expect("no newline");
    shown_set_foreground(&shown, &back);
    expect("\r\n$ ");
    shown_write(&shown, "ls", 2, true);
    expect("ls");
    assert_false(back_writes(&front, "late"));
    expect("");
}

static void lines_that_are_too_long_come_in_pieces(void **state)
{
    static char text[AUTHOR_LINE_MAX + 2];
    (void)state;
    start();
    memset(text, 'x', sizeof(text) - 1);
    back_writes(&back, text);
    assert_int_equal(ring_count(&ring), AUTHOR_LINE_MAX + 2);
    assert_int_equal(back.len, 1);
    front_writes(text);
    assert_int_equal(front.len, 0);
    assert_true(front.is_long);
}

static void an_author_that_is_gone_is_not_remembered(void **state)
{
    (void)state;
    start();
    front_writes("x");
    shown_forget(&shown, &front);
    assert_null(shown.foreground);
    assert_null(shown.holder);
    expect("x");
    assert_false(back_writes(&back, "y\n"));
    expect("\r\ny\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_foreground_is_shown_at_once),
        cmocka_unit_test(others_are_shown_when_their_line_is_complete),
        cmocka_unit_test(an_unfinished_line_of_the_foreground_is_ended_and_shown_again),
        cmocka_unit_test(a_line_that_was_ended_by_return_is_not_shown_again),
        cmocka_unit_test(escape_sequences_take_no_columns),
        cmocka_unit_test(the_next_foreground_begins_on_a_line_of_its_own),
        cmocka_unit_test(lines_that_are_too_long_come_in_pieces),
        cmocka_unit_test(an_author_that_is_gone_is_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
