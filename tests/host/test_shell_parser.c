/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/shell/pars*.c userland/shell/lexer.c userland/shell/word.c userland/shell/text.c */
/* The language of the shell: which text becomes which tree, and what is said about what is wrong. */
#include "userland/shell/syntax.h"
#include <test.h>

#include <stdio.h>
#include <string.h>

/* ---- a tree as text: (name parts…) ------------------------------------------------------------- */

static void show(struct text *out, const struct node *node);

static void show_parts(struct text *out, const struct node *node)
{
    for (const struct word *word = node->assignments; word != NULL; word = word->next) {
        text_format(out, " %.*s", (int)word->text.len, word->text.bytes);
    }
    for (const struct word *word = node->words; word != NULL; word = word->next) {
        text_format(out, " [%.*s]", (int)word->text.len, word->text.bytes);
    }
    const struct node *const parts[] = {node->first, node->second, node->third};
    for (size_t i = 0; i < 3; i++) {
        if (parts[i] != NULL) {
            text_add_char(out, ' ');
            show(out, parts[i]);
        }
    }
    for (const struct redirect *one = node->redirects; one != NULL; one = one->next) {
        static const char *const names[] = {"<", ">", ">>", ">&"};
        text_format(out, " %d%s%.*s", one->number, names[one->kind], (int)one->target.text.len,
                    one->target.text.bytes);
    }
}

static void show(struct text *out, const struct node *node)
{
    static const char *const names[] = {"run",   "pipe", "list",  "back", "if",
                                        "while", "for",  "group", "other"};
    if (node->kind == node_pipeline && node->first->next == NULL && !node->negated) {
        show(out, node->first);
        return;
    }
    text_format(out, "(%s%s", node->negated ? "not-" : "", names[node->kind]);
    show_parts(out, node);
    bool has_more = node->kind == node_pipeline || node->kind == node_list;
    for (const struct node *part = has_more ? node->first->next : NULL; part != NULL;
         part = part->next) {
        static const char *const joins[] = {" ", " && ", " || "};
        text_add_string(out, joins[part->join]);
        show(out, part);
    }
    text_add_char(out, ')');
}

/* All commands of a text, one after the other, up to the first that is wrong. */
static void parse_all(const char *source, struct text *out)
{
    struct parser parser = {.text = source, .len = strlen(source), .line = 1};
    struct arena arena = {NULL, NULL};
    enum parse_result result;
    do {
        struct node *node;
        char error[parse_error_max];
        result = parse_next(&parser, &arena, &node, error);
        if (result == parse_command) {
            show(out, node);
        } else if (result == parse_wrong) {
            text_format(out, "wrong: %s", error);
        } else if (result == parse_incomplete) {
            text_add_string(out, "incomplete");
        }
    } while (result == parse_command);
    arena_free(&arena);
}

static void expect_tree(const char *source, const char *wanted)
{
    struct text out = {NULL, 0, 0};
    parse_all(source, &out);
    assert_string_equal(text_string(&out), wanted);
    text_free(&out);
}

/* ---- tests --------------------------------------------------------------------------------------- */

static void words_are_separated_by_blanks_and_held_together_by_quotes(void **state)
{
    (void)state;
    expect_tree("echo  a\tb", "(run [echo] [a] [b])");
    expect_tree("echo 'a b' \"c d\" e\\ f", "(run [echo] ['a b'] [\"c d\"] [e\\ f])");
    expect_tree("echo $(ls | wc; x) ${a} $((1 + 2))",
                "(run [echo] [$(ls | wc; x)] [${a}] [$((1 + 2))])");
    expect_tree("echo \"$(echo \")\")\"", "(run [echo] [\"$(echo \")\")\"])");
    expect_tree("a # b\nc", "(run [a])(run [c])");
    expect_tree("a b#c", "(run [a] [b#c])");
    expect_tree("a \\\nb", "(run [a] [b])");
}

static void commands_are_joined_as_the_operators_say(void **state)
{
    (void)state;
    expect_tree("a; b", "(list (run [a]) (run [b]))");
    expect_tree("a | b | c", "(pipe (run [a]) (run [b]) (run [c]))");
    expect_tree("a && b || c", "(list (run [a]) && (run [b]) || (run [c]))");
    expect_tree("! a | b", "(not-pipe (run [a]) (run [b]))");
    expect_tree("a & b", "(list (back (run [a])) (run [b]))");
    expect_tree("a &&\n b |\n c", "(list (run [a]) && (pipe (run [b]) (run [c])))");
    expect_tree("a || b & c; d", "(list (back (list (run [a]) || (run [b]))) (run [c]) (run [d]))");
    expect_tree("X=1 Y= a Z=3", "(run X=1 Y= [a] [Z=3])");
}

static void redirections_have_a_number_and_a_target(void **state)
{
    (void)state;
    expect_tree("a < b > c 2>> d 2>&1", "(run [a] 0<b 1>c 2>>d 2>&1)");
    expect_tree("> f", "(run 1>f)");
    expect_tree("a 3> f", "wrong: only 0 can be read from, 1 and 2 be written to: '3>'");
    expect_tree("a 12>f", "(run [a] [12] 1>f)");
    expect_tree("a > ; b", "wrong: a file is missing before: ';'");
    expect_tree("a >", "wrong: a file is missing at the end");
    expect_tree("a <\nb", "wrong: a file is missing at the end");
}

static void lists_are_held_by_words_and_brackets(void **state)
{
    (void)state;
    expect_tree("if a; then b; elif c; then d; else e; fi",
                "(if (run [a]) (run [b]) (if (run [c]) (run [d]) (run [e])))");
    expect_tree("while a\ndo b\nc\ndone > f", "(while (run [a]) (list (run [b]) (run [c])) 1>f)");
    expect_tree("until a; do b; done", "(not-while (run [a]) (run [b]))");
    expect_tree("for x in 1 $y; do b; done", "(for [1] [$y] (run [b]))");
    expect_tree("for x\ndo b; done", "(for (run [b]))");
    expect_tree("{ a; b; } | c", "(pipe (group (list (run [a]) (run [b]))) (run [c]))");
    expect_tree("(a; b)", "(other (list (run [a]) (run [b])))");
    expect_tree("echo if then }", "(run [echo] [if] [then] [}])");
}

static void a_node_knows_its_text(void **state)
{
    (void)state;
    static const char source[] = " { a; } 2>&1 | (b &)  ";
    struct parser parser = {.text = source, .len = sizeof(source) - 1, .line = 1};
    struct arena arena = {NULL, NULL};
    struct node *node;
    char error[parse_error_max];
    assert_int_equal(parse_next(&parser, &arena, &node, error), parse_command);
    assert_true(slice_is(node->text, "{ a; } 2>&1 | (b &)"));
    assert_true(slice_is(node->first->text, "{ a; } 2>&1"));
    assert_true(slice_is(node->first->next->text, "(b &)"));
    assert_true(slice_is(node->first->next->name, "b &"));
    arena_free(&arena);
}

static void what_lacks_its_end_is_incomplete(void **state)
{
    static const char *const texts[] = {
        "'a", "\"a",   "a \\",  "a |",   "a &&",   "if a", "if a; then b", "while a; do b",
        "(a", "{ a; ", "a $(b", "a ${b", "a $((1", "for",  "for x in",     "!"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        expect_tree(texts[i], "incomplete");
        assert_false(parse_is_complete(texts[i], strlen(texts[i])));
    }
    assert_true(parse_is_complete("a\n)\nb", 5));
    assert_true(parse_is_complete("", 0));
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    expect_tree("fi", "wrong: a command is missing before: 'fi'");
    expect_tree("a | fi", "wrong: nothing has begun that ends with: 'fi'");
    expect_tree("a; done", "wrong: not expected here: 'done'");
    expect_tree("| a", "wrong: a command is missing before: '|'");
    expect_tree("a && ; b", "wrong: a command is missing before: ';'");
    expect_tree("a (b)", "wrong: not expected here: '('");
    expect_tree("if a; b; fi", "wrong: `then` is missing before: 'fi'");
    expect_tree("for 1 in 2; do a; done", "wrong: a name is missing before: '1'");
    expect_tree("(a}", "incomplete");
}

static void after_a_wrong_line_the_next_one_is_parsed(void **state)
{
    (void)state;
    static const char text[] = "a )\nb";
    struct parser parser = {.text = text, .len = sizeof(text) - 1, .line = 1};
    struct arena arena = {NULL, NULL};
    struct node *node;
    char error[parse_error_max];
    assert_int_equal(parse_next(&parser, &arena, &node, error), parse_wrong);
    assert_int_equal(parser.line, 2);
    assert_int_equal(parse_next(&parser, &arena, &node, error), parse_command);
    assert_true(slice_is(node->text, "b"));
    assert_int_equal(parse_next(&parser, &arena, &node, error), parse_end);
    arena_free(&arena);
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    struct text deep = {NULL, 0, 0};
    for (int i = 0; i < 100; i++) {
        text_add_string(&deep, "{ ");
    }
    expect_tree(text_string(&deep), "wrong: too deep: '{'");
    text_free(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_separated_by_blanks_and_held_together_by_quotes),
        cmocka_unit_test(commands_are_joined_as_the_operators_say),
        cmocka_unit_test(redirections_have_a_number_and_a_target),
        cmocka_unit_test(lists_are_held_by_words_and_brackets),
        cmocka_unit_test(a_node_knows_its_text),
        cmocka_unit_test(what_lacks_its_end_is_incomplete),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(after_a_wrong_line_the_next_one_is_parsed),
        cmocka_unit_test(nesting_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
