/* SPDX-License-Identifier: MIT */
/* The names that a word can become: gathered, sorted, and what is common to all of them quoted. */
#include "userland/shell/complete.h"
#include <stdlib.h>
#include <string.h>

struct gathering {
    struct completion *completion;
    const char *prefix;
    size_t len;
    size_t room;
};

static void gather(void *argument, const char *name)
{
    struct gathering *gathering = argument;
    struct completion *completion = gathering->completion;
    bool hidden = name[0] == '.' && gathering->prefix[0] != '.';
    if (hidden || strncmp(name, gathering->prefix, gathering->len) != 0) {
        return;
    }
    if (completion->count == gathering->room) {
        gathering->room = 2 * gathering->room + 16;
        completion->names = memory_take(completion->names, gathering->room * sizeof(char *));
    }
    completion->names[completion->count++] = memory_copy(name);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct completion *completion)
{
    size_t kept = 0;
    if (completion->count != 0) {
        qsort(completion->names, completion->count, sizeof(char *), compare);
    }
    for (size_t i = 0; i < completion->count; i++) {
        if (kept != 0 && strcmp(completion->names[kept - 1], completion->names[i]) == 0) {
            free(completion->names[i]);
        } else {
            completion->names[kept++] = completion->names[i];
        }
    }
    completion->count = kept;
}

static size_t common_length(const struct completion *completion)
{
    size_t len = strlen(completion->names[0]);
    for (size_t i = 1; i < completion->count; i++) {
        size_t same = 0;
        while (same < len && completion->names[i][same] == completion->names[0][same]) {
            same++;
        }
        len = same;
    }
    while (len > 0 && (completion->names[0][len] & 0xc0) == 0x80) {
        len--; /* not into the middle of a character */
    }
    return len;
}

static void quote(struct text *out, const char *text, size_t len, char quote)
{
    for (size_t i = 0; i < len; i++) {
        if (quote == 0 && strchr(" \t\n;&|()<>'\"\\$*?[#!`", text[i]) != NULL) {
            text_add_char(out, '\\');
        } else if (quote == '"' && strchr("$\"\\`", text[i]) != NULL) {
            text_add_char(out, '\\');
        }
        text_add_char(out, text[i]);
    }
}

/* What was kept of the word comes back as the start of what is put in. */
static void finish(struct completion *completion, const struct situation *situation, size_t kept)
{
    static char blank[] = " ";
    static char nothing[] = "";
    static char closed[2][3] = {"' ", "\" "};
    sort(completion);
    completion->end = nothing;
    if (completion->count == 0) {
        return;
    }
    if (situation->quote != 0) {
        text_add_char(&completion->common, situation->quote);
    }
    quote(&completion->common, text_string(&situation->word), kept, situation->quote);
    size_t len = common_length(completion);
    quote(&completion->common, completion->names[0], len, situation->quote);
    bool directory = len > 0 && completion->names[0][len - 1] == '/';
    if (completion->count == 1 && !directory) {
        completion->end = situation->quote == 0 ? blank : closed[situation->quote == '"'];
    }
}

void completion_fill(const struct complete_source *source, const struct situation *situation,
                     enum complete_kind kind, size_t kept, struct completion *completion)
{
    const char *word = text_string(&situation->word);
    struct text directory = {NULL, 0, 0};
    text_add(&directory, word, kept);
    struct gathering gathering = {completion, word + kept, strlen(word + kept), 0};
    source->names(source->context, kind, text_string(&directory), gather, &gathering);
    text_free(&directory);
    completion->start = situation->start;
    finish(completion, situation, kept);
}

void completion_free(struct completion *completion)
{
    for (size_t i = 0; i < completion->count; i++) {
        free(completion->names[i]);
    }
    free(completion->names);
    text_free(&completion->common);
    completion->names = NULL;
    completion->count = 0;
}
