/* SPDX-License-Identifier: MIT */
/*
 * An expansion that goes on, between its files. A word is walked once. What is quoted goes into the pattern with a \
 * before every character that would mean something to one, so a single string says both what the argument is and what
 * may match names of files.
 */
#pragma once
#include "userland/shell/expand.h"

struct expansion {
    struct arena *arena;
    const struct expand_source *source;
    struct arguments *arguments; /* NULL: all becomes one string */
    struct text pattern;         /* of the field that is being made */
    bool begun;                  /* there is one, even if it is empty */
    bool failed;
    unsigned depth;
    char *error;
};

/* ---- field.c: from text to arguments ------------------------------------------------------------- */

/* Adds what a pattern doesn't look into, and no blank splits. */
void expansion_add_quoted(struct expansion *expansion, const char *bytes, size_t len);

/* What stands there, or an expansion gave: split at blanks unless it is quoted. */
void expansion_add(struct expansion *expansion, const char *bytes, size_t len, bool quoted);

/* The field becomes an argument, or the names of files that it matches. */
void expansion_end_field(struct expansion *expansion);

/* The string that a pattern stands for. */
char *expansion_unquote(struct arena *arena, const struct text *pattern);

/* Ends the expansion; only the first message counts. */
void expansion_fail(struct expansion *expansion, const char *what, struct slice slice);

/* ---- expand.c: words with their quotes ----------------------------------------------------------- */

void expansion_add_word(struct expansion *expansion, struct slice word, bool quoted);

/* ---- parameter.c: what $ begins ------------------------------------------------------------------ */

/* What a list prints, without newlines at its end. */
void expansion_add_command(struct expansion *expansion, struct slice list, bool quoted);

/* The text of $…, as dollar_length has measured it. */
void expansion_add_dollar(struct expansion *expansion, struct slice text, bool quoted);
