/* SPDX-License-Identifier: MIT */
/*
 * A parse that goes on, between the files of the parser. Recursive descent: there is a function for each part of the
 * language (syntax.h), which begins at the token that it looks at, and ends behind its own last one.
 */
#pragma once
#include "userland/shell/lexer.h"
#include "userland/shell/syntax.h"

/* `failed` ends all loops; `incomplete` or the message says why. */
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

/* ---- parse.c: tokens and nodes ----------------------------------------------------------------- */

/* Goes to the token that comes next; parse_take goes behind the one that was looked at first. */
void parse_look(struct parse *parse);
void parse_take(struct parse *parse);
void parse_skip_newlines(struct parse *parse);
bool parse_is_word(const struct parse *parse, const char *word);

/* Takes that word, or fails. */
void parse_expect(struct parse *parse, const char *word, const char *wanted);

/* That is wrong, whatever comes. */
void parse_fail(struct parse *parse, const char *what);

/* What comes is wrong here; but if nothing comes, it may still. */
void parse_unexpected(struct parse *parse, const char *wanted);

/* Begins a node at the token; ends it behind the last one that was taken. */
struct node *node_new(struct parse *parse, enum node_kind kind);
struct node *node_end(const struct parse *parse, struct node *node);

/* ---- the parts of the language ----------------------------------------------------------------- */

/* parser.c: NULL if nothing stands there. */
struct node *parse_list(struct parse *parse);

/* parse_simple.c */
struct node *parse_simple(struct parse *parse);
struct word **parse_word(struct parse *parse, struct word **end);
struct redirect **parse_redirects(struct parse *parse, struct redirect **end);

/* parse_compound.c: NULL if nothing begins there that holds a list; does a word that ends one? */
struct node *parse_compound(struct parse *parse);
bool parse_is_closing(const struct parse *parse);
