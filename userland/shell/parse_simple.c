/* SPDX-License-Identifier: MIT */
/* Simple commands: assignments, words and redirections. */
#include "userland/shell/parse.h"
#include <string.h>

static bool is_redirection(enum token_kind kind)
{
    return kind >= token_less && kind <= token_same;
}

struct word **parse_word(struct parse *parse, struct word **end)
{
    struct word *word = arena_take(parse->arena, sizeof(*word));
    word->text = parse->token.text;
    *end = word;
    parse_take(parse);
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
        parse_fail(parse, "only 0 can be read from, 1 and 2 be written to");
        return end;
    }
    parse_take(parse);
    if (parse->token.kind != token_word) {
        bool last = parse->token.kind == token_end || parse->token.kind == token_newline;
        parse_fail(parse, last ? "a file is missing at the end" : "a file is missing before");
        return end;
    }
    redirect->target.text = parse->token.text;
    parse_take(parse);
    *end = redirect;
    return &redirect->next;
}

struct redirect **parse_redirects(struct parse *parse, struct redirect **end)
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

struct node *parse_simple(struct parse *parse)
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
            assignments = parse_word(parse, assignments);
        } else {
            words = parse_word(parse, words);
        }
    }
    if (node->assignments == NULL && node->words == NULL && node->redirects == NULL) {
        parse_unexpected(parse, "a command is missing before");
    }
    return node_end(parse, node);
}
