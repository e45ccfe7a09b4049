/* SPDX-License-Identifier: MIT */
/*
 * The language of the shell as a tree, and how it is made of text. Pure.
 *
 *   list       ends and sequences of commands:   a; b & c
 *   condition  pipelines with && and ||
 *   pipeline   [!] command | command …
 *   command    words, assignments and redirections; if, while, until, for; { list; } ( list )
 *
 * A word is kept as it was written, with its quotes: expand.h makes arguments of it. A node knows where its text
 * stands, since what has to run beside the shell (a stage of a pipeline, a part of the background) is given to
 * another shell as text.
 */
#pragma once
#include "userland/shell/text.h"
#include <stdbool.h>

/* Text that belongs to somebody else. */
struct slice {
    const char *bytes;
    size_t len;
};

bool slice_is(struct slice slice, const char *string);

struct word {
    struct word *next;
    struct slice text;
};

enum redirect_kind {
    redirect_in,     /* < FILE */
    redirect_out,    /* > FILE */
    redirect_append, /* >> FILE */
    redirect_same,   /* >&NUMBER */
};

struct redirect {
    struct redirect *next;
    enum redirect_kind kind;
    int number; /* 0 to 2 */
    struct word target;
};

enum node_kind {
    node_simple,     /* words, assignments */
    node_pipeline,   /* first, and the stages behind it as ->next; negated */
    node_list,       /* first, and what is joined to it as ->next */
    node_background, /* first & */
    node_if,         /* if first then second else third */
    node_while,      /* while first do second; negated: until */
    node_for,        /* for name in words do second */
    node_group,      /* { first } */
    node_subshell,   /* ( first ) */
};

/* Whether a part of a list runs, depends on the status of what ran before it. */
enum join {
    join_always, /* ; or & */
    join_and,    /* && */
    join_or,     /* || */
};

struct node {
    enum node_kind kind;
    enum join join; /* of a part of a list, to those before it */
    bool negated;
    bool has_list; /* of a for: `in` was there */
    struct slice text;
    struct node *first, *second, *third;
    struct node *next;
    struct slice name; /* of a for; of a subshell, the text between its brackets */
    struct word *words;
    struct word *assignments; /* NAME=word */
    struct redirect *redirects;
};

struct parser {
    const char *text;
    size_t len;
    size_t at;     /* of what wasn't parsed yet */
    unsigned line; /* from 1 */
};

enum parse_result {
    parse_command, /* *out_node is a list: all that a line has, and what that needs of the next ones */
    parse_end,     /* there is no more */
    parse_incomplete, /* the text ends within a command; nothing was consumed */
    parse_wrong,      /* *out_error says what; the rest of the line is skipped */
};

enum { parse_depth_max = 64, parse_error_max = 96 };

/* Parses the next line with a command on it. The tree lives in the arena, and points into the text. */
enum parse_result parse_next(struct parser *parser, struct arena *arena, struct node **out_node,
                             char out_error[parse_error_max]);

/* Does nothing miss that further text could bring? */
bool parse_is_complete(const char *text, size_t len);

/* How long the word is that begins there; 0: its end is missing. It stops at what separates words. */
size_t word_length(const char *text, size_t len);

/* The length of a character, or of what a quote or $ begins, at the start of the text; 0: its end is missing. */
size_t piece_length(const char *text, size_t len);

/* The length of `$…` at the start of the text with its parts, 1: just a $; 0: its end is missing. */
size_t dollar_length(const char *text, size_t len);

/* Is that a name of a variable? */
bool is_name(const char *bytes, size_t len);
bool is_name_char(char c, bool first);
