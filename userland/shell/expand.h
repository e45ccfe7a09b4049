/* SPDX-License-Identifier: MIT */
/*
 * From words to arguments. Pure: what the shell knows comes from a table of functions.
 *
 *   'a' "a" \a     as they stand; in "…" $ and \ still mean something
 *   ${NAME}        a variable; ${NAME:-word} if it is empty; ${#NAME} its length
 *   $? $# $$ $!    $0 … $9, $@ and $*
 *   $(list) `list` what that prints, without newlines at its end
 *   $((a + b))     whole numbers: + - * / % == != < <= > >= && || ! ( )
 *   * ? [a-z]      names of files, sorted; the word itself if there are none
 *
 * What isn't quoted is split at blanks and newlines into several arguments, or none.
 */
#pragma once
#include "userland/shell/syntax.h"
#include <stdint.h>

struct expand_source {
    void *context;
    /* What a name, a digit or one of ?#$! stands for; NULL: nothing. Good until the next call. */
    const char *(*variable)(void *context, struct slice name);
    /* The nth of $@, from 1; NULL: no more. */
    const char *(*argument)(void *context, size_t n);
    /* Runs it, and adds what it prints. */
    void (*command)(void *context, struct slice list, struct text *out);
    /* Calls `each` for every name in a directory ("" is where the shell is). */
    void (*names)(void *context, const char *directory,
                  void (*each)(void *argument, const char *name), void *argument);
};

struct arguments {
    const char **at; /* and NULL behind the last one */
    size_t count;
    size_t room;
};

enum { expand_error_max = 96, arguments_max = 4096 };

/* Adds what a word becomes. False: out_error says what is wrong. All of it lives in the arena. */
bool expand_word(struct arena *arena, const struct expand_source *source, struct slice word,
                 struct arguments *arguments, char out_error[expand_error_max]);

/* The same without splitting and without names of files: one string. */
const char *expand_string(struct arena *arena, const struct expand_source *source,
                          struct slice word, char out_error[expand_error_max]);

/* Adds an argument as it is. */
void arguments_add(struct arena *arena, struct arguments *arguments, const char *argument);

/* ---- its parts ------------------------------------------------------------------------------- */

/* Whole numbers with their operators; a name is a variable, an empty one 0. False: that is none. */
bool arithmetic(const struct expand_source *source, struct slice text, int64_t *out_value);

/* Does a name match? In a pattern \ quotes what comes. */
bool pattern_matches(const char *pattern, const char *name);
bool pattern_is_plain(const char *pattern);

/* Adds the paths that match, sorted, up to one too many; false: there are none. */
bool pattern_expand(struct arena *arena, const struct expand_source *source, const char *pattern,
                    struct arguments *arguments);
