/* SPDX-License-Identifier: MIT */
/* Lists, conditions and pipelines; and a whole line, or that it isn't complete yet. */
#include "userland/shell/parse.h"
#include <string.h>

static struct node *command(struct parse *parse)
{
    if (parse->depth == parse_depth_max) {
        parse_fail(parse, "too deep");
        return NULL;
    }
    parse->depth++;
    struct node *node = parse_compound(parse);
    if (node != NULL) {
        parse_redirects(parse, &node->redirects);
        node_end(parse, node);
    } else if (parse_is_closing(parse)) {
        parse_fail(parse, "nothing has begun that ends with");
    } else {
        node = parse_simple(parse);
    }
    parse->depth--;
    return node;
}

static struct node *pipeline(struct parse *parse)
{
    struct node *node = node_new(parse, node_pipeline);
    while (parse_is_word(parse, "!")) {
        node->negated = !node->negated;
        parse_take(parse);
    }
    node->first = command(parse);
    for (struct node *last = node->first; !parse->failed && parse->token.kind == token_pipe;
         last = last->next) {
        parse_take(parse);
        parse_skip_newlines(parse);
        last->next = command(parse);
    }
    return node_end(parse, node);
}

/* A list of several parts, or the only one itself. */
static struct node *list_of(const struct parse *parse, struct node *list)
{
    return list->first->next != NULL ? node_end(parse, list) : list->first;
}

/* Pipelines with && and || between them. */
static struct node *condition(struct parse *parse)
{
    struct node *list = node_new(parse, node_list);
    struct node **end = &list->first;
    enum join join = join_always;
    for (;;) {
        struct node *node = *end = pipeline(parse);
        node->join = join;
        end = &node->next;
        if (parse->failed || (parse->token.kind != token_and && parse->token.kind != token_or)) {
            return list_of(parse, list);
        }
        join = parse->token.kind == token_and ? join_and : join_or;
        parse_take(parse);
        parse_skip_newlines(parse);
    }
}

/* What separates commands has been taken; does the list go on? */
static bool goes_on(const struct parse *parse)
{
    return !parse->failed && parse->token.kind != token_end && !parse_is_closing(parse) &&
           (parse->depth != 0 || parse->token.kind != token_newline);
}

static bool separates(const struct parse *parse)
{
    enum token_kind kind = parse->token.kind;
    return kind == token_semicolon || kind == token_ampersand ||
           (kind == token_newline && parse->depth != 0);
}

static struct node *ended(struct parse *parse, struct node *node)
{
    if (parse->token.kind == token_ampersand) {
        struct node *background = node_new(parse, node_background);
        background->first = node;
        background->text = node->text;
        node = background;
    }
    return node;
}

/* On the outermost level it ends with the line; within others, with the word that closes them. */
struct node *parse_list(struct parse *parse)
{
    struct node *list = node_new(parse, node_list);
    struct node **end = &list->first;
    while (goes_on(parse)) {
        *end = ended(parse, condition(parse));
        end = &(*end)->next;
        if (parse->failed || !separates(parse)) {
            break;
        }
        parse_take(parse);
        if (parse->depth != 0) {
            parse_skip_newlines(parse);
        }
    }
    return list->first != NULL ? list_of(parse, list) : NULL;
}

/* ---- a line ------------------------------------------------------------------------------------ */

static void consume(struct parser *parser, size_t to)
{
    for (; parser->at < to; parser->at++) {
        parser->line += parser->text[parser->at] == '\n';
    }
}

static size_t line_end(const struct parser *parser, size_t at)
{
    while (at < parser->len && parser->text[at] != '\n') {
        at++;
    }
    return at < parser->len ? at + 1 : at;
}

enum parse_result parse_next(struct parser *parser, struct arena *arena, struct node **out_node,
                             char out_error[parse_error_max])
{
    struct parse parse = {.parser = parser, .arena = arena, .at = parser->at, .message = out_error};
    parse_look(&parse);
    parse_skip_newlines(&parse);
    if (!parse.failed && parse.token.kind == token_end) {
        consume(parser, parser->len);
        return parse_end;
    }
    struct node *node = parse.failed ? NULL : parse_list(&parse);
    if (!parse.failed && parse.token.kind != token_newline && parse.token.kind != token_end) {
        parse_fail(&parse, node == NULL ? "a command is missing before" : "not expected here");
    }
    if (parse.incomplete) {
        return parse_incomplete;
    }
    consume(parser, line_end(parser, parse.at));
    *out_node = node;
    return parse.failed ? parse_wrong : parse_command;
}

bool parse_is_complete(const char *text, size_t len)
{
    struct parser parser = {.text = text, .len = len, .line = 1};
    struct arena arena = {NULL, NULL};
    struct node *node;
    char error[parse_error_max];
    enum parse_result result;
    do {
        result = parse_next(&parser, &arena, &node, error);
    } while (result == parse_command || result == parse_wrong);
    arena_free(&arena);
    return result != parse_incomplete;
}
