/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/shell/editor*.c userland/shell/complete*.c userland/shell/history.c userland/shell/utf8.c userland/shell/pars*.c userland/shell/lexer.c userland/shell/word.c userland/shell/text.c */
/*
 * The line editor at a terminal of the test's own, which understands what the editor sends, and no more: so what is
 * seen is checked, not the bytes.
 */
#include "userland/shell/editor.h"
#include "userland/shell/syntax.h"
#include "userland/shell/utf8.h"
#include <test.h>

#include <stdio.h>
#include <string.h>

/* ---- a terminal ---------------------------------------------------------------------------------- */

enum { ROWS = 40, COLUMNS = 20 };

static struct {
    char cells[ROWS][COLUMNS][5];
    unsigned row, column;
    bool wraps; /* the last column was written to: the next character goes to the next row */
    unsigned bells;
} screen;

static void clear_from(unsigned row, unsigned column)
{
    for (; row < ROWS; row++, column = 0) {
        for (unsigned i = column; i < COLUMNS; i++) {
            screen.cells[row][i][0] = '\0';
        }
    }
}

/* ESC [ number letter; what it doesn't know fails the test. */
static size_t sequence(const char *bytes)
{
    unsigned n = 0;
    size_t at = 2;
    bool given = false;
    assert_int_equal(bytes[1], '[');
    for (; (bytes[at] >= '0' && bytes[at] <= '9') || bytes[at] == ';'; at++) {
        n = bytes[at] == ';' ? 0 : 10 * n + (unsigned)(bytes[at] - '0');
        given = true;
    }
    n = given ? n : 1;
    screen.wraps = false;
    switch (bytes[at]) {
    case 'A':
        assert_true(screen.row >= n);
        screen.row -= n;
        break;
    case 'B': screen.row += n; break;
    case 'C':
        screen.column += n;
        assert_true(screen.column < COLUMNS);
        break;
    case 'H': screen.row = screen.column = 0; break;
    case 'J': clear_from(given ? 0 : screen.row, given ? 0 : screen.column); break;
    case 'm': break;
    default: fail_msg("ESC [ %c", bytes[at]);
    }
    return at + 1;
}

static size_t show(const char *bytes, size_t len)
{
    size_t size = utf8_length(bytes, len);
    unsigned width = utf8_width(bytes, len);
    if (screen.wraps || screen.column + width > COLUMNS) {
        screen.row++;
        screen.column = 0;
        screen.wraps = false;
    }
    assert_true(screen.row < ROWS);
    memcpy(screen.cells[screen.row][screen.column], bytes, size);
    screen.cells[screen.row][screen.column][size] = '\0';
    screen.column += width;
    if (screen.column >= COLUMNS) {
        screen.column = COLUMNS - 1;
        screen.wraps = true;
    }
    return size;
}

static void feed_screen(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len;) {
        switch (bytes[i]) {
        case '\033': i += sequence(bytes + i); break;
        case '\r':
            screen.column = 0;
            screen.wraps = false;
            i++;
            break;
        case '\n':
            screen.row++;
            screen.wraps = false;
            i++;
            break;
        case '\a':
            screen.bells++;
            i++;
            break;
        default: i += show(bytes + i, len - i); break;
        }
    }
}

static void expect_row(unsigned row, const char *wanted)
{
    char text[5 * COLUMNS + 1] = "";
    for (unsigned i = 0; i < COLUMNS; i++) {
        strcat(text, screen.cells[row][i]);
    }
    assert_string_equal(text, wanted);
}

/* ---- the editor ---------------------------------------------------------------------------------- */

static void names(void *context, enum complete_kind kind, const char *directory,
                  void (*each)(void *argument, const char *name), void *argument)
{
    static const struct {
        enum complete_kind kind;
        const char *directory, *name;
    } all[] = {
        {complete_commands, "", "cat"},    {complete_commands, "", "cp"},
        {complete_commands, "", "help"},   {complete_files, "", "notes"},
        {complete_files, "", "notes two"}, {complete_files, "", "dir/"},
        {complete_files, "", ".hidden"},   {complete_files, "dir/", "inner"},
        {complete_services, "", "files"},  {complete_services, "", "console"},
        {complete_roles, "", "system"},    {complete_variables, "", "PATH"},
        {complete_variables, "", "PWD"},   {complete_files, "/", "bin/"},
    };
    (void)context;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        bool here = kind != complete_files || strcmp(all[i].directory, directory) == 0;
        if (all[i].kind == kind && here) {
            each(argument, all[i].name);
        }
    }
}

static const struct complete_source completion = {NULL, names};
static struct history history;
static struct editor editor;

static int begin(void **state)
{
    (void)state;
    memset(&screen, 0, sizeof(screen));
    editor = (struct editor){.history = &history,
                             .completion = &completion,
                             .is_complete = parse_is_complete,
                             .prompt = "$ ",
                             .next_prompt = "> ",
                             .columns = COLUMNS};
    history_add(&history, "first");
    history_add(&history, "second one");
    editor_begin(&editor);
    return 0;
}

static int end(void **state)
{
    (void)state;
    editor_free(&editor);
    history_free(&history);
    return 0;
}

static enum editor_event type(const char *keys)
{
    enum editor_event event = editor_more;
    for (; *keys != '\0' && event == editor_more; keys++) {
        event = editor_byte(&editor, *keys);
    }
    feed_screen(text_string(&editor.out), editor.out.len);
    text_clear(&editor.out);
    return event;
}

static void expect_line(const char *keys, const char *wanted)
{
    assert_int_equal(type(keys), editor_more);
    assert_string_equal(text_string(&editor.line), wanted);
}

static void expect_cursor(unsigned row, unsigned column)
{
    assert_int_equal(screen.row, row);
    assert_int_equal(screen.column, column);
}

#define LEFT  "\033[D"
#define RIGHT "\033[C"
#define UP    "\033[A"
#define DOWN  "\033[B"

/* ---- tests --------------------------------------------------------------------------------------- */

static void what_is_typed_is_shown_and_given(void **state)
{
    (void)state;
    expect_line("echo hi", "echo hi");
    expect_row(0, "$ echo hi");
    assert_int_equal(type("\r"), editor_line);
    expect_cursor(1, 0);
}

static void text_goes_in_where_the_cursor_is(void **state)
{
    (void)state;
    expect_line("ac" LEFT "b", "abc");
    expect_row(0, "$ abc");
    expect_cursor(0, 4);
    expect_line("\001x\005y", "xabcy");
    expect_line("\033[H\033[3~\033OFz", "abcyz");
    expect_line("\177\010", "abc");
    expect_line(LEFT LEFT "\004", "ac");
    expect_cursor(0, 3);
}

static void words_are_walked_cut_and_brought_back(void **state)
{
    (void)state;
    expect_line("one two/x  three", "one two/x  three");
    expect_line("\027", "one two/x  ");
    expect_line("\027", "one ");
    expect_line("\031", "one two/x  ");
    expect_line("\033b\033b\013", "one ");
    expect_line("\025", "");
    expect_line("\031\031", "one one ");
    expect_line("\001\033d", " one ");
    expect_line("\033[1;5C!", " one! ");
    expect_line("\033\177", "  ");
}

static void characters_are_whole_whatever_they_are_made_of(void **state)
{
    (void)state;
    expect_line("a\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80", "a\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80");
    expect_cursor(0, 2 + 1 + 1 + 2 + 2);
    expect_line(LEFT LEFT "x", "a\xc3\xa4x\xe4\xb8\xad\xf0\x9f\x98\x80");
    expect_line("\004\177", "a\xc3\xa4\xf0\x9f\x98\x80");
    expect_line("\005\177\177e\xcc\x81", "ae\xcc\x81");
    expect_cursor(0, 4);
    expect_line("\177", "a");
    expect_line("\xff", "a\xff");
    expect_row(0, "$ a\xef\xbf\xbd");
}

static void a_long_line_wraps_and_its_cursor_is_found(void **state)
{
    (void)state;
    expect_line("0123456789abcdefgh", "0123456789abcdefgh");
    expect_row(0, "$ 0123456789abcdefgh");
    expect_cursor(1, 0);
    expect_line("ij", "0123456789abcdefghij");
    expect_row(1, "ij");
    expect_line("\001X", "X0123456789abcdefghij");
    expect_row(0, "$ X0123456789abcdefg");
    expect_row(1, "hij");
    expect_cursor(0, 3);
    expect_line("\004\004\004\004", "X456789abcdefghij");
    expect_row(1, "");
    assert_int_equal(type("\r"), editor_line);
    expect_cursor(1, 0);
}

static void a_command_that_goes_on_has_several_rows(void **state)
{
    (void)state;
    expect_line("if a\r", "if a\n");
    expect_row(0, "$ if a");
    expect_row(1, "> ");
    expect_line("then b", "if a\nthen b");
    expect_line(UP "\005;", "if a;\nthen b");
    expect_cursor(0, 7);
    expect_line(DOWN "\005; fi", "if a;\nthen b; fi");
    expect_row(1, "> then b; fi");
    assert_int_equal(type("\r"), editor_line);
    expect_cursor(2, 0);
}

static void the_history_is_walked_and_the_draft_comes_back(void **state)
{
    (void)state;
    expect_line("dra" UP, "second one");
    expect_line(UP, "first");
    expect_line(UP, "first");
    assert_int_equal(screen.bells, 1);
    expect_line(DOWN DOWN, "dra");
    expect_line(DOWN, "dra");
}

static void the_history_is_searched(void **state)
{
    (void)state;
    expect_line("x\022e", "second one");
    expect_row(0, "search: e \xe2\x86\x92 second o");
    expect_line("\022", "second one"); /* nothing before it */
    expect_line("\007", "x");
    expect_line("\022fi", "first");
    expect_line("\001X", "Xfirst");
    expect_row(0, "$ Xfirst");
    assert_int_equal(type("\025\022one\r"), editor_line);
    assert_string_equal(text_string(&editor.line), "second one");
}

static void a_line_is_given_up_or_ends_everything(void **state)
{
    (void)state;
    assert_int_equal(type("abc\003"), editor_interrupt);
    assert_string_equal(text_string(&editor.line), "");
    expect_cursor(1, 0);
    editor_begin(&editor);
    assert_int_equal(type("\004"), editor_end);
}

static void a_paste_means_its_text(void **state)
{
    (void)state;
    expect_line("\033[200~a\tb\rc\003d\033[Ae\033[201~f", "a b\ncdef");
}

static void sequences_that_mean_nothing_do_nothing(void **state)
{
    (void)state;
    expect_line("a\033[99~\033[1;9Zb\033xc", "abc");
    expect_line("\033[11111111111111111111", "abc1111111");
}

static void a_line_is_drawn_again_when_the_terminal_is_wider_or_narrower(void **state)
{
    (void)state;
    type("0123456789012345678901234567" LEFT LEFT);
    expect_row(0, "$ 012345678901234567");
    expect_row(1, "8901234567");
    expect_cursor(1, 8);
    editor_resized(&editor, 10);
    type("");
    expect_row(0, "$ 01234567");
    expect_row(1, "8901234567");
    expect_row(2, "8901234567");
    expect_row(3, "");
    expect_cursor(2, 8);
    editor_resized(&editor, COLUMNS);
    type("x");
    expect_row(0, "$ 012345678901234567");
    expect_row(1, "89012345x67");
    expect_row(2, "");
}

/* The others' lines end what was there, and go on below: the terminal doesn't say how many they were. */
static void a_line_is_drawn_again_behind_what_others_have_shown(void **state)
{
    (void)state;
    const char *others = "\r\nlog\r\n";
    type("0123456789012345678901234567");
    feed_screen(others, strlen(others));
    editor_disturbed(&editor);
    type(LEFT "x");
    expect_row(1, "8901234567");
    expect_row(2, "log");
    expect_row(3, "$ 012345678901234567");
    expect_row(4, "890123456x7");
    expect_cursor(4, 10);
    type("\022se");
    feed_screen(others, strlen(others));
    editor_disturbed(&editor);
    type("");
    expect_row(screen.row - 1, "search: se \u2192 second ");
    expect_row(screen.row, "one");
}

static void lines_have_a_longest(void **state)
{
    (void)state;
    for (int i = 0; i < editor_len_max; i++) {
        editor_insert(&editor, "x", 1);
    }
    editor_insert(&editor, "x", 1);
    assert_int_equal(editor.line.len, editor_len_max);
}

static void a_word_becomes_what_it_can_be(void **state)
{
    (void)state;
    expect_line("h\t", "help ");
    expect_line("c\t", "help c");
    expect_line("p\t", "help cp ");
    expect_line("\025ca\t", "cat ");
    expect_line("n\t", "cat notes");
    expect_line("\\ \t", "cat notes\\ two ");
    expect_line("\025cat 'notes \t", "cat 'notes two' ");
    expect_line("\025cat d\ti\t", "cat dir/inner ");
    expect_line("\025svc restart f\t", "svc restart files ");
    expect_line("\025with s\th\t", "with system help ");
    expect_line("\025with names,s\t", "with names,system ");
    expect_line("\025echo $PW\t", "echo $PWD ");
    expect_line("\025a | c\tc", "a | cc");
    expect_line("\025if ca\t", "if cat ");
    expect_line("\025echo > no\t", "echo > notes");
    expect_line("\025/b\t", "/bin/");
    expect_line("\025cat .h\t", "cat .hidden ");
}

static void a_second_tab_shows_what_there_is(void **state)
{
    (void)state;
    expect_line("c\t\t", "c");
    expect_row(0, "$ c");
    expect_row(1, "cat  cp");
    expect_row(2, "$ c");
    expect_cursor(2, 3);
    expect_line("zzz\t", "czzz");
    assert_int_equal(screen.bells, 2);
}

static void the_history_forgets_the_oldest_and_repetitions(void **state)
{
    (void)state;
    char line[16];
    history_add(&history, "second one");
    history_add(&history, " hidden");
    history_add(&history, "");
    assert_int_equal(history.count, 2);
    for (int i = 0; i < history_max; i++) {
        snprintf(line, sizeof(line), "%d", i);
        history_add(&history, line);
    }
    assert_int_equal(history.count, history_max);
    assert_string_equal(history.lines[0], "0");
}

#define EDITOR_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDITOR_TEST(what_is_typed_is_shown_and_given),
        EDITOR_TEST(text_goes_in_where_the_cursor_is),
        EDITOR_TEST(words_are_walked_cut_and_brought_back),
        EDITOR_TEST(characters_are_whole_whatever_they_are_made_of),
        EDITOR_TEST(a_long_line_wraps_and_its_cursor_is_found),
        EDITOR_TEST(a_command_that_goes_on_has_several_rows),
        EDITOR_TEST(the_history_is_walked_and_the_draft_comes_back),
        EDITOR_TEST(the_history_is_searched),
        EDITOR_TEST(a_line_is_given_up_or_ends_everything),
        EDITOR_TEST(a_paste_means_its_text),
        EDITOR_TEST(sequences_that_mean_nothing_do_nothing),
        EDITOR_TEST(a_line_is_drawn_again_when_the_terminal_is_wider_or_narrower),
        EDITOR_TEST(a_line_is_drawn_again_behind_what_others_have_shown),
        EDITOR_TEST(lines_have_a_longest),
        EDITOR_TEST(a_word_becomes_what_it_can_be),
        EDITOR_TEST(a_second_tab_shows_what_there_is),
        EDITOR_TEST(the_history_forgets_the_oldest_and_repetitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
