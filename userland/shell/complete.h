/* SPDX-License-Identifier: MIT */
/*
 * Completion: what a word of a command line can become. Pure: names come from a function of the shell's.
 *
 * The first word of a command is a command, or a path; behind `svc restart` stands a service, behind `with` a
 * role of a handle, behind `$` a variable, behind `help` a command; all else are files.
 */
#pragma once
#include "userland/shell/text.h"
#include <stdbool.h>

enum complete_kind {
    complete_commands,
    complete_files, /* in the directory; their names end with a / if they are directories */
    complete_services,
    complete_roles,
    complete_variables,
};

struct complete_source {
    void *context;
    void (*names)(void *context, enum complete_kind kind, const char *directory,
                  void (*each)(void *argument, const char *name), void *argument);
};

struct completion {
    size_t start;       /* of the part of the word that the names are for */
    struct text common; /* what all of them begin with, quoted as the line needs it */
    char *end;          /* of a single one: what belongs behind it, "" or " " */
    char **names;       /* sorted, each once */
    size_t count;
};

/* What the text before the cursor can become. */
void complete(const struct complete_source *source, const char *line, size_t cursor,
              struct completion *out_completion);
void completion_free(struct completion *completion);

/* ---- between its files ------------------------------------------------------------------------- */

/* The word so far without its quotes, and the words before it that belong to the same command. */
struct situation {
    size_t start;      /* in the line */
    struct text word;  /* unquoted */
    char quote;        /* that is open: ' or ", or 0 */
    unsigned number;   /* of the word in its command */
    bool redirected;   /* a file: behind < or > */
    struct text first; /* the command's first two words */
    struct text second;
    size_t dollar; /* where a name of a variable begins in the line, if it ends with one; else 0 */
};

/* complete_line.c: reads a line from its start up to the cursor. */
void situation_read(struct situation *situation, const char *line, size_t cursor);

/* complete_names.c: gathers what the word can become. Its first `kept` bytes, a directory, stay as they are. */
void completion_fill(const struct complete_source *source, const struct situation *situation,
                     enum complete_kind kind, size_t kept, struct completion *completion);
