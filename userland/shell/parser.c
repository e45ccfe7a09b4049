/* SPDX-License-Identifier: MIT */
/* Recursive descent, one function for each part of the language (syntax.h). */
#include "userland/shell/syntax.h"
#include "userland/shell/token.h"
#include <stdio.h>
#include <string.h>

/* A parse that goes on. `failed` ends all loops; `incomplete` or the message says why. */
struct parse {
    const struct parser *parser;
    struct arena *arena;
    size_t at;
    size_t behind; /* the last token that was taken */
    struct token token;
    unsigned depth;
    bool failed;
    bool incomplete;
    char *message;
};

/* ---- tokens ---------------------------------------------------------------------------------- */

static void fail(struct parse *parse, const char *what)
{
    if (!parse->failed) {
        int len = parse->token.text.len < 24 ? (int)parse->token.text.len : 24;
        bool shown = parse->token.kind != token_newline && len != 0;
        snprintf(parse->message, parse_error_max, shown ? "%s: '%.*s'" : "%s", what, len,
                 parse->token.text.bytes);
        parse->failed = true;
    }
}

static void look(struct parse *parse)
{
    const struct parser *parser = parse->parser;
    parse->at = skip_blanks(parser->text, parse->at, parser->len);
    parse->token = token_at(parser->text + parse->at, parser->len - parse->at);
    if (parse->token.kind == token_unfinished) {
        parse->failed = parse->incomplete = true;
    } else if (parse->token.kind == token_bad) {
        fail(parse, "a byte of 0");
    }
}

static void take(struct parse *parse)
{
    parse->at += parse->token.text.len;
    parse->behind = parse->at;
    look(parse);
}

static bool is_word(const struct parse *parse, const char *word)
{
    return parse->token.kind == token_word && slice_is(parse->token.text, word);
}

static void skip_newlines(struct parse *parse)
{
    while (!parse->failed && parse->token.kind == token_newline) {
        take(parse);
    }
}

/* What comes is wrong here; but if nothing comes, it may still. */
static void unexpected(struct parse *parse, const char *wanted)
{
    if (parse->token.kind == token_end) {
        parse->failed = parse->incomplete = true;
    } else {
        fail(parse, wanted);
    }
}

static void expect(struct parse *parse, const char *word, const char *wanted)
{
    if (is_word(parse, word)) {
        take(parse);
    } else {
        unexpected(parse, wanted);
    }
}

static bool is_redirection(enum token_kind kind)
{
    return kind >= token_less && kind <= token_same;
}

/* ---- simple commands ------------------------------------------------------------------------- */

static struct node *node_new(struct parse *parse, enum node_kind kind)
{
    struct node *node = arena_take(parse->arena, sizeof(*node));
    node->kind = kind;
    node->text.bytes = parse->parser->text + parse->at;
    return node;
}

static struct node *node_end(const struct parse *parse, struct node *node)
{
    size_t begin = (size_t)(node->text.bytes - parse->parser->text);
    node->text.len = parse->behind > begin ? parse->behind - begin : 0;
    return node;
}

static struct word **add_word(struct parse *parse, struct word **end)
{
    struct word *word = arena_take(parse->arena, sizeof(*word));
    word->text = parse->token.text;
    *end = word;
    take(parse);
    return &word->next;
}

static struct redirect **add_redirect(struct parse *parse, struct redirect **end)
{
    static const enum redirect_kind kinds[] = {redirect_in, redirect_out, redirect_append,
                                               redirect_same};
    struct redirect *redirect = arena_take(parse->arena, sizeof(*redirect));
    redirect->kind = kinds[parse->token.kind - token_less];
    redirect->number =
        parse->token.number >= 0 ? parse->token.number : redirect->kind != redirect_in;
    if (redirect->number > 2 || (redirect->kind == redirect_in) != (redirect->number == 0)) {
        fail(parse, "only 0 can be read from, 1 and 2 be written to");
        return end;
    }
    take(parse);
    if (parse->token.kind != token_word) {
        unexpected(parse, "a file is missing before");
        return end;
    }
    redirect->target.text = parse->token.text;
    take(parse);
    *end = redirect;
    return &redirect->next;
}

static struct redirect **redirects(struct parse *parse, struct redirect **end)
{
    while (!parse->failed && is_redirection(parse->token.kind)) {
        end = add_redirect(parse, end);
    }
    return end;
}

static bool is_assignment(struct slice word)
{
    const char *equals = memchr(word.bytes, '=', word.len);
    return equals != NULL && is_name(word.bytes, (size_t)(equals - word.bytes));
}

static struct node *simple(struct parse *parse)
{
    struct node *node = node_new(parse, node_simple);
    struct word **assignments = &node->assignments;
    struct word **words = &node->words;
    struct redirect **redirect = &node->redirects;
    while (!parse->failed &&
           (parse->token.kind == token_word || is_redirection(parse->token.kind))) {
        if (is_redirection(parse->token.kind)) {
            redirect = add_redirect(parse, redirect);
        } else if (node->words == NULL && is_assignment(parse->token.text)) {
            assignments = add_word(parse, assignments);
        } else {
            words = add_word(parse, words);
        }
    }
    if (node->assignments == NULL && node->words == NULL && node->redirects == NULL) {
        unexpected(parse, "a command is missing before");
    }
    return node_end(parse, node);
}

/* ---- commands that hold lists ------------------------------------------------------------------ */

static struct node *list(struct parse *parse);

/* A list that must not be empty. */
static struct node *body(struct parse *parse)
{
    skip_newlines(parse);
    struct node *node = parse->failed ? NULL : list(parse);
    if (node == NULL) {
        unexpected(parse, "a command is missing before");
    }
    return node;
}

/* Behind `if` or `elif`. */
static struct node *condition_and_branches(struct parse *parse)
{
    struct node *node = node_new(parse, node_if);
    take(parse);
    node->first = body(parse);
    expect(parse, "then", "`then` is missing before");
    node->second = body(parse);
    if (is_word(parse, "elif")) {
        node->third = condition_and_branches(parse);
        return node_end(parse, node);
    }
    if (is_word(parse, "else")) {
        take(parse);
        node->third = body(parse);
    }
    expect(parse, "fi", "`fi` is missing before");
    return node_end(parse, node);
}

static struct node *do_done(struct parse *parse)
{
    expect(parse, "do", "`do` is missing before");
    struct node *node = body(parse);
    expect(parse, "done", "`done` is missing before");
    return node;
}

static struct node *loop(struct parse *parse)
{
    struct node *node = node_new(parse, node_while);
    node->negated = is_word(parse, "until");
    take(parse);
    node->first = body(parse);
    node->second = do_done(parse);
    return node_end(parse, node);
}

static struct node *for_each(struct parse *parse)
{
    struct node *node = node_new(parse, node_for);
    take(parse);
    node->name = parse->token.text;
    if (parse->token.kind != token_word || !is_name(node->name.bytes, node->name.len)) {
        unexpected(parse, "a name is missing before");
        return node;
    }
    take(parse);
    skip_newlines(parse);
    node->has_list = is_word(parse, "in");
    if (node->has_list) {
        take(parse);
        for (struct word **end = &node->words; !parse->failed && parse->token.kind == token_word;) {
            end = add_word(parse, end);
        }
    }
    if (parse->token.kind == token_semicolon) {
        take(parse);
    }
    skip_newlines(parse);
    node->second = do_done(parse);
    return node_end(parse, node);
}

static struct node *group(struct parse *parse)
{
    struct node *node = node_new(parse, node_group);
    take(parse);
    node->first = body(parse);
    expect(parse, "}", "`}` is missing before");
    return node_end(parse, node);
}

static struct node *subshell(struct parse *parse)
{
    struct node *node = node_new(parse, node_subshell);
    take(parse);
    node->name.bytes = parse->parser->text + parse->behind;
    node->first = body(parse);
    node->name.len = parse->at - (size_t)(node->name.bytes - parse->parser->text);
    if (parse->token.kind == token_close) {
        take(parse);
    } else {
        unexpected(parse, "`)` is missing before");
    }
    return node_end(parse, node);
}

static bool is_closing(const struct parse *parse)
{
    static const char *const words[] = {"then", "elif", "else", "fi", "do", "done", "}"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (is_word(parse, words[i])) {
            return true;
        }
    }
    return parse->token.kind == token_close;
}

static struct node *compound(struct parse *parse)
{
    if (parse->token.kind == token_open) {
        return subshell(parse);
    }
    if (is_word(parse, "if")) {
        return condition_and_branches(parse);
    }
    if (is_word(parse, "while") || is_word(parse, "until")) {
        return loop(parse);
    }
    if (is_word(parse, "for")) {
        return for_each(parse);
    }
    return is_word(parse, "{") ? group(parse) : NULL;
}

static struct node *command(struct parse *parse)
{
    if (parse->depth == parse_depth_max) {
        fail(parse, "too deep");
        return NULL;
    }
    parse->depth++;
    struct node *node = compound(parse);
    if (node != NULL) {
        redirects(parse, &node->redirects);
        node_end(parse, node);
    } else if (is_closing(parse)) {
        fail(parse, "nothing has begun that ends with");
    } else {
        node = simple(parse);
    }
    parse->depth--;
    return node;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static struct node *pipeline(struct parse *parse)
{
    struct node *node = node_new(parse, node_pipeline);
    while (is_word(parse, "!")) {
        node->negated = !node->negated;
        take(parse);
    }
    node->first = command(parse);
    for (struct node *last = node->first; !parse->failed && parse->token.kind == token_pipe;
         last = last->next) {
        take(parse);
        skip_newlines(parse);
        last->next = command(parse);
    }
    return node_end(parse, node);
}

static struct node *condition(struct parse *parse)
{
    struct node *node = pipeline(parse);
    while (!parse->failed && (parse->token.kind == token_and || parse->token.kind == token_or)) {
        struct node *both = node_new(parse, parse->token.kind == token_and ? node_and : node_or);
        take(parse);
        skip_newlines(parse);
        both->first = node;
        both->second = pipeline(parse);
        both->text.bytes = node->text.bytes;
        node = node_end(parse, both);
    }
    return node;
}

/* What separates commands has been taken; does the list go on? */
static bool goes_on(const struct parse *parse)
{
    return !parse->failed && parse->token.kind != token_end && !is_closing(parse) &&
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
static struct node *list(struct parse *parse)
{
    struct node *whole = NULL;
    while (goes_on(parse)) {
        struct node *node = ended(parse, condition(parse));
        if (whole == NULL) {
            whole = node;
        } else {
            struct node *sequence = node_new(parse, node_sequence);
            sequence->first = whole;
            sequence->second = node;
            sequence->text.bytes = whole->text.bytes;
            whole = node_end(parse, sequence);
        }
        if (parse->failed || !separates(parse)) {
            break;
        }
        take(parse);
        if (parse->depth != 0) {
            skip_newlines(parse);
        }
    }
    return whole;
}

/* ---- the whole ------------------------------------------------------------------------------- */

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
    look(&parse);
    skip_newlines(&parse);
    if (!parse.failed && parse.token.kind == token_end) {
        consume(parser, parser->len);
        return parse_end;
    }
    struct node *node = parse.failed ? NULL : list(&parse);
    if (!parse.failed && parse.token.kind != token_newline && parse.token.kind != token_end) {
        fail(&parse, node == NULL ? "a command is missing before" : "not expected here");
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
    struct arena arena = {NULL};
    struct node *node;
    char error[parse_error_max];
    enum parse_result result;
    do {
        result = parse_next(&parser, &arena, &node, error);
    } while (result == parse_command || result == parse_wrong);
    arena_free(&arena);
    return result != parse_incomplete;
}
