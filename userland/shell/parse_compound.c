/* SPDX-License-Identifier: MIT */
/* Commands that hold lists: if, while, until, for, { list; } and ( list ). */
#include "userland/shell/parse.h"

/* A list that must not be empty. */
static struct node *body(struct parse *parse)
{
    parse_skip_newlines(parse);
    struct node *node = parse->failed ? NULL : parse_list(parse);
    if (node == NULL) {
        parse_unexpected(parse, "a command is missing before");
    }
    return node;
}

/* A condition and its branch, behind `if` or `elif`. */
static struct node *branch(struct parse *parse)
{
    struct node *node = node_new(parse, node_if);
    parse_take(parse);
    node->first = body(parse);
    parse_expect(parse, "then", "`then` is missing before");
    node->second = body(parse);
    return node_end(parse, node);
}

/* Each `elif` is an `if` in the place of `else`. */
static struct node *branches(struct parse *parse)
{
    struct node *node = branch(parse);
    struct node *last = node;
    while (!parse->failed && parse_is_word(parse, "elif")) {
        last->third = branch(parse);
        last = last->third;
    }
    if (parse_is_word(parse, "else")) {
        parse_take(parse);
        last->third = body(parse);
    }
    parse_expect(parse, "fi", "`fi` is missing before");
    return node_end(parse, node);
}

static struct node *do_done(struct parse *parse)
{
    parse_expect(parse, "do", "`do` is missing before");
    struct node *node = body(parse);
    parse_expect(parse, "done", "`done` is missing before");
    return node;
}

static struct node *loop(struct parse *parse)
{
    struct node *node = node_new(parse, node_while);
    node->negated = parse_is_word(parse, "until");
    parse_take(parse);
    node->first = body(parse);
    node->second = do_done(parse);
    return node_end(parse, node);
}

static struct node *for_each(struct parse *parse)
{
    struct node *node = node_new(parse, node_for);
    parse_take(parse);
    node->name = parse->token.text;
    if (parse->token.kind != token_word || !is_name(node->name.bytes, node->name.len)) {
        parse_unexpected(parse, "a name is missing before");
        return node;
    }
    parse_take(parse);
    parse_skip_newlines(parse);
    node->has_list = parse_is_word(parse, "in");
    if (node->has_list) {
        parse_take(parse);
        for (struct word **end = &node->words; !parse->failed && parse->token.kind == token_word;) {
            end = parse_word(parse, end);
        }
    }
    if (parse->token.kind == token_semicolon) {
        parse_take(parse);
    }
    parse_skip_newlines(parse);
    node->second = do_done(parse);
    return node_end(parse, node);
}

static struct node *group(struct parse *parse)
{
    struct node *node = node_new(parse, node_group);
    parse_take(parse);
    node->first = body(parse);
    parse_expect(parse, "}", "`}` is missing before");
    return node_end(parse, node);
}

static struct node *subshell(struct parse *parse)
{
    struct node *node = node_new(parse, node_subshell);
    parse_take(parse);
    node->name.bytes = parse->parser->text + parse->behind;
    node->first = body(parse);
    node->name.len = parse->at - (size_t)(node->name.bytes - parse->parser->text);
    if (parse->token.kind == token_close) {
        parse_take(parse);
    } else {
        parse_unexpected(parse, "`)` is missing before");
    }
    return node_end(parse, node);
}

bool parse_is_closing(const struct parse *parse)
{
    static const char *const words[] = {"then", "elif", "else", "fi", "do", "done", "}"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (parse_is_word(parse, words[i])) {
            return true;
        }
    }
    return parse->token.kind == token_close;
}

struct node *parse_compound(struct parse *parse)
{
    if (parse->token.kind == token_open) {
        return subshell(parse);
    }
    if (parse_is_word(parse, "if")) {
        return branches(parse);
    }
    if (parse_is_word(parse, "while") || parse_is_word(parse, "until")) {
        return loop(parse);
    }
    if (parse_is_word(parse, "for")) {
        return for_each(parse);
    }
    return parse_is_word(parse, "{") ? group(parse) : NULL;
}
