/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/shell/expand.c userland/shell/field.c userland/shell/parameter.c userland/shell/arithmetic.c userland/shell/pattern.c userland/shell/variables.c userland/shell/pars*.c userland/shell/lexer.c userland/shell/word.c userland/shell/text.c */
/* From words to arguments, with variables, arguments, output and files of the test's own. */
#include "userland/shell/expand.h"
#include "userland/shell/variables.h"
#include <test.h>

#include <stdio.h>
#include <string.h>

static struct variables variables;

static const char *variable(void *context, struct slice name)
{
    (void)context;
    return slice_is(name, "?") ? "3" : variables_get(&variables, name);
}

static const char *argument(void *context, size_t n)
{
    static const char *const arguments[] = {"one", "two words", ""};
    (void)context;
    return n <= 3 ? arguments[n - 1] : NULL;
}

/* Prints itself, with newlines behind it. */
static void command(void *context, struct slice list, struct text *out)
{
    (void)context;
    text_format(out, "<%.*s>\n\n", (int)list.len, list.bytes);
}

static unsigned lookups;

static void names(void *context, const char *directory,
                  void (*each)(void *argument, const char *name), void *argument)
{
    static const char *const files[][2] = {{"", "b.c"},    {"", "a.c"},      {"", "x*y"},
                                           {"", ".dot.c"}, {"", "dir"},      {"dir/", "in.c"},
                                           {"/", "top"},   {"/top/", "leaf"}};
    (void)context;
    lookups++;
    for (size_t i = 0; i < arguments_max + 1 && strcmp(directory, "many/") == 0; i++) {
        each(argument, "x");
    }
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (strcmp(files[i][0], directory) == 0) {
            each(argument, files[i][1]);
        }
    }
}

static const struct expand_source source = {NULL, variable, argument, command, names};

static void set(const char *name, const char *value)
{
    variables_set(&variables, (struct slice){name, strlen(name)}, value);
}

static int begin(void **state)
{
    (void)state;
    set("a", "value");
    set("words", " one  two ");
    set("empty", "");
    set("star", "*.c");
    set("n", "7");
    return 0;
}

static int end(void **state)
{
    (void)state;
    while (variables.first != NULL) {
        struct slice name = {variables.first->name, strlen(variables.first->name)};
        variables_unset(&variables, name);
    }
    return 0;
}

/* Each argument in brackets, or what is wrong. */
static void expect_arguments(const char *word, const char *wanted)
{
    struct arena arena = {NULL, NULL};
    struct arguments arguments = {NULL, 0, 0};
    struct text out = {NULL, 0, 0};
    char error[expand_error_max];
    if (expand_word(&arena, &source, (struct slice){word, strlen(word)}, &arguments, error)) {
        for (size_t i = 0; i < arguments.count; i++) {
            text_format(&out, "[%s]", arguments.at[i]);
        }
    } else {
        text_add_string(&out, error);
    }
    assert_string_equal(text_string(&out), wanted);
    text_free(&out);
    arena_free(&arena);
}

static void expect_one(const char *word, const char *wanted)
{
    struct arena arena = {NULL, NULL};
    char error[expand_error_max];
    const char *string = expand_string(&arena, &source, (struct slice){word, strlen(word)}, error);
    assert_string_equal(string, wanted);
    arena_free(&arena);
}

static void quotes_go_and_what_they_held_stays(void **state)
{
    (void)state;
    expect_arguments("'a $b \\'", "[a $b \\]");
    expect_arguments("\"a \\$b \\\\ \\n \\\"\"", "[a $b \\ \\n \"]");
    expect_arguments("a\\ b\\*", "[a b*]");
    expect_arguments("''", "[]");
    expect_arguments("\"\"", "[]");
    expect_arguments("x'y'\"z\"", "[xyz]");
}

static void variables_become_their_values(void **state)
{
    (void)state;
    expect_arguments("$a", "[value]");
    expect_arguments("${a}s", "[values]");
    expect_arguments("x$a-$?", "[xvalue-3]");
    expect_arguments("$unset", "");
    expect_arguments("\"$unset\"", "[]");
    expect_arguments("$", "[$]");
    expect_arguments("${#a}", "[5]");
    expect_arguments("${empty:-other $a}", "[other][value]");
    expect_arguments("\"${empty:-other $a}\"", "[other value]");
    expect_arguments("${a:-other}", "[value]");
    expect_arguments("\"${empty:-\"o  o\"}\"", "[o  o]");
    expect_arguments("${a!}", "not understood: 'a!'");
    set("back", "x\\y*");
    expect_arguments("$back", "[x\\y*]");
    expect_arguments("\"$back\"", "[x\\y*]");
    variables_unset(&variables, (struct slice){"back", 4});
}

static void what_is_not_quoted_is_split(void **state)
{
    (void)state;
    expect_arguments("$words", "[one][two]");
    expect_arguments("x${words}y", "[x][one][two][y]");
    expect_arguments("\"$words\"", "[ one  two ]");
    expect_one("x${words}y", "x one  two y");
}

static void arguments_stay_apart(void **state)
{
    (void)state;
    expect_arguments("\"$@\"", "[one][two words][]");
    expect_arguments("\"$*\"", "[one two words ]");
    expect_arguments("$@", "[one][two][words]");
    expect_arguments("x\"$@\"y", "[xone][two words][y]");
}

static void output_of_commands_loses_its_last_newlines(void **state)
{
    (void)state;
    expect_arguments("$(a b)", "[<a][b>]");
    expect_arguments("\"x$(a $(b))y\"", "[x<a $(b)>y]");
    expect_arguments("`a \\`b\\` \\$c \\d`", "[<a][`b`][$c][\\d>]");
    expect_arguments("\"`a \\\"b`\"", "[<a \"b>]");
}

static void sums_are_computed(void **state)
{
    (void)state;
    expect_arguments("$((1 + 2 * 3))", "[7]");
    expect_arguments("$(( (1 + 2) * 3 - -4 % 3 ))", "[10]");
    expect_arguments("$((n * n / 2))", "[24]");
    expect_arguments("$(($n + unset))", "[7]");
    expect_arguments("$((1 < 2 && !(3 == 4) || 0))", "[1]");
    expect_arguments("$((2 >= 3))", "[0]");
    expect_arguments("$((9223372036854775807 + 1))", "[-9223372036854775808]");
    expect_arguments("$((-9223372036854775807 - 1))", "[-9223372036854775808]");
    expect_arguments("$(((0 - 9223372036854775807 - 1) / -1))", "[-9223372036854775808]");
    expect_arguments("$((1 / 0))", "that can't be computed: '1 / 0'");
    expect_arguments("$((0x1f + 0XA + 010 + 0))", "[49]");
    expect_arguments("$((08))", "that can't be computed: '08'");
    expect_arguments("$((0x))", "that can't be computed: '0x'");
    expect_arguments("$((0 && 1 / 0)) $((1 || 1 / 0))", "[0][1]");
    expect_arguments("$((1 && 1 / 0))", "that can't be computed: '1 && 1 / 0'");
    expect_arguments("$((1 +))", "that can't be computed: '1 +'");
    expect_arguments("$((a))", "that can't be computed: 'a'");
    expect_arguments("$(())", "[0]");
}

static void patterns_become_names_of_files_in_order(void **state)
{
    (void)state;
    expect_arguments("*.c", "[a.c][b.c]");
    expect_arguments("$star", "[a.c][b.c]");
    expect_arguments("\"$star\"", "[*.c]");
    expect_arguments("[a-c].c [a\"-\"c].c", "[a.c][b.c][a.c]");
    expect_arguments("[\\!a].c [a\\]b].c", "[a.c][a.c][b.c]");
    expect_arguments("[!a]*", "[b.c][dir][x*y]");
    expect_arguments("x\\**", "[x*y]");
    expect_arguments("d*/*", "[dir/in.c]");
    expect_arguments("*/nothing", "[*/nothing]");
    expect_arguments("/*/leaf", "[/top/leaf]");
    expect_arguments(".*.c", "[.dot.c]");
    expect_arguments("?.q", "[?.q]");
    expect_one("*.c", "*.c");
}

/* As in `[ $i -lt 10 ]`, which a loop runs many times. */
static void a_bracket_that_nothing_closes_is_looked_up_nowhere(void **state)
{
    (void)state;
    unsigned before = lookups;
    expect_arguments("[ a ] [b c] [!] [^] []", "[[][a][]][[b][c]][[!]][[^]][[]]");
    expect_arguments("[\\] [a\\] dir/[ '[a]'", "[[]][[a]][dir/[][[a]]");
    assert_int_equal(lookups, before);
    expect_arguments("[a].c [ [b].c", "[a.c][[][b.c]");
    assert_int_equal(lookups, before + 2);
}

static void arguments_have_a_greatest_number(void **state)
{
    (void)state;
    struct text words = {NULL, 0, 0};
    for (int i = 0; i < arguments_max + 1; i++) {
        text_add_string(&words, "x ");
    }
    set("words", text_string(&words));
    expect_arguments("$words", "too many arguments: 'x'");
    expect_arguments("many/*", "too many arguments: 'many/*'");
    set("words", " one  two ");
    text_free(&words);
}

static void patterns_match_as_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {
        {"", "", true},        {"*", "", true},       {"a*b*c", "aXbbYc", true},
        {"a*b", "aXc", false}, {"?", "", false},      {"[a-c]", "b", true},
        {"[a-c]", "d", false}, {"[^a-c]", "d", true}, {"[]]", "]", true},
        {"[a", "[a", true},    {"\\[a", "[a", true},  {"a\\", "a\\", true},
        {"**a", "bba", true},  {"[!-]x", "ax", true}, {"a", "ab", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (pattern_matches(rows[i].pattern, rows[i].name) != rows[i].matches) {
            fail_msg("%s %s", rows[i].pattern, rows[i].name);
        }
    }
}

static void variables_are_kept_in_order_and_exported_when_asked(void **state)
{
    (void)state;
    struct arena arena = {NULL, NULL};
    variables_export(&variables, (struct slice){"a", 1}, true);
    variables_export(&variables, (struct slice){"later", 5}, true);
    const char **environment = variables_environment(&variables, &arena, false);
    assert_string_equal(environment[0], "a=value");
    assert_null(environment[1]);
    assert_null(variables_get(&variables, (struct slice){"later", 5}));
    set("later", "now");
    environment = variables_environment(&variables, &arena, true);
    assert_string_equal(environment[0], "a=value");
    assert_string_equal(environment[1], "-empty=");
    assert_string_equal(environment[2], "later=now");
    variables_unset(&variables, (struct slice){"a", 1});
    assert_null(variables_get(&variables, (struct slice){"a", 1}));
    set("a", "value");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_go_and_what_they_held_stays),
        cmocka_unit_test(variables_become_their_values),
        cmocka_unit_test(what_is_not_quoted_is_split),
        cmocka_unit_test(arguments_stay_apart),
        cmocka_unit_test(output_of_commands_loses_its_last_newlines),
        cmocka_unit_test(sums_are_computed),
        cmocka_unit_test(patterns_become_names_of_files_in_order),
        cmocka_unit_test(a_bracket_that_nothing_closes_is_looked_up_nowhere),
        cmocka_unit_test(arguments_have_a_greatest_number),
        cmocka_unit_test(patterns_match_as_they_say),
        cmocka_unit_test(variables_are_kept_in_order_and_exported_when_asked),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
