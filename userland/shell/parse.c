/* SPDX-License-Identifier: MIT */
/* Tokens and nodes of a parse. */
#include "userland/shell/parse.h"
#include <stdio.h>

void parse_fail(struct parse *parse, const char *what)
{
    if (!parse->failed) {
        int len = parse->token.text.len < 24 ? (int)parse->token.text.len : 24;
        bool shown = parse->token.kind != token_newline && len != 0;
        snprintf(parse->message, parse_error_max, shown ? "%s: '%.*s'" : "%s", what, len,
                 parse->token.text.bytes);
        parse->failed = true;
    }
}

void parse_look(struct parse *parse)
{
    const struct parser *parser = parse->parser;
    parse->at = skip_blanks(parser->text, parse->at, parser->len);
    parse->token = token_at(parser->text + parse->at, parser->len - parse->at);
    if (parse->token.kind == token_unfinished) {
        parse->failed = parse->incomplete = true;
    } else if (parse->token.kind == token_bad) {
        parse_fail(parse, "a byte of 0");
    }
}

void parse_take(struct parse *parse)
{
    parse->at += parse->token.text.len;
    parse->behind = parse->at;
    parse_look(parse);
}

bool parse_is_word(const struct parse *parse, const char *word)
{
    return parse->token.kind == token_word && slice_is(parse->token.text, word);
}

void parse_skip_newlines(struct parse *parse)
{
    while (!parse->failed && parse->token.kind == token_newline) {
        parse_take(parse);
    }
}

void parse_unexpected(struct parse *parse, const char *wanted)
{
    if (parse->token.kind == token_end) {
        parse->failed = parse->incomplete = true;
    } else {
        parse_fail(parse, wanted);
    }
}

void parse_expect(struct parse *parse, const char *word, const char *wanted)
{
    if (parse_is_word(parse, word)) {
        parse_take(parse);
    } else {
        parse_unexpected(parse, wanted);
    }
}

struct node *node_new(struct parse *parse, enum node_kind kind)
{
    struct node *node = arena_take(parse->arena, sizeof(*node));
    node->kind = kind;
    node->text.bytes = parse->parser->text + parse->at;
    return node;
}

struct node *node_end(const struct parse *parse, struct node *node)
{
    size_t begin = (size_t)(node->text.bytes - parse->parser->text);
    node->text.len = parse->behind > begin ? parse->behind - begin : 0;
    return node;
}
