/* SPDX-License-Identifier: MIT */
/* What the word before the cursor can stand for: a command, a file, a variable, … */
#include "userland/shell/complete.h"
#include <string.h>

/* A name of a variable: its $, and what stands before it, stay. */
static void variables(const struct complete_source *source, const char *line, size_t cursor,
                      size_t dollar, struct completion *completion)
{
    struct situation bare = {.start = dollar};
    text_add(&bare.word, line + dollar, cursor - dollar);
    completion_fill(source, &bare, complete_variables, 0, completion);
    text_free(&bare.word);
}

/* What stands behind a / is the name of a file, whatever the word is for; roles are a list with commas. */
static void names(const struct complete_source *source, const struct situation *situation,
                  enum complete_kind kind, struct completion *completion)
{
    const char *word = text_string(&situation->word);
    const char *last = strrchr(word, kind == complete_roles ? ',' : '/');
    size_t kept = last != NULL ? (size_t)(last - word) + 1 : 0;
    bool path = last != NULL && *last == '/';
    completion_fill(source, situation, path ? complete_files : kind, kept, completion);
}

static enum complete_kind kind_of(const struct situation *situation)
{
    const char *first = text_string(&situation->first);
    const char *second = text_string(&situation->second);
    if (situation->redirected) {
        return complete_files;
    }
    if (situation->number == 0 || (situation->number == 1 && strcmp(first, "help") == 0) ||
        (situation->number == 2 && strcmp(first, "with") == 0)) {
        return complete_commands;
    }
    if (situation->number == 2 && strcmp(first, "svc") == 0 && strcmp(second, "list") != 0) {
        return complete_services;
    }
    return situation->number == 1 && strcmp(first, "with") == 0 ? complete_roles : complete_files;
}

void complete(const struct complete_source *source, const char *line, size_t cursor,
              struct completion *out_completion)
{
    static char nothing[] = "";
    struct situation situation = {0};
    *out_completion = (struct completion){.end = nothing};
    situation_read(&situation, line, cursor);
    if (situation.dollar != 0) {
        variables(source, line, cursor, situation.dollar, out_completion);
    } else {
        names(source, &situation, kind_of(&situation), out_completion);
    }
    text_free(&situation.word);
    text_free(&situation.first);
    text_free(&situation.second);
}
