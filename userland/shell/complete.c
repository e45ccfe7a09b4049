/* SPDX-License-Identifier: MIT */
/* Finds the word that the cursor is in by reading the line from its start, as far as quotes and operators go. */
#include "userland/shell/complete.h"
#include "userland/shell/syntax.h"
#include <stdlib.h>
#include <string.h>

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

static void begin_command(struct situation *situation)
{
    situation->number = 0;
    text_clear(&situation->first);
    text_clear(&situation->second);
}

static bool opens_command(const struct text *word)
{
    static const char *const words[] = {"if",    "then", "else", "elif", "while",
                                        "until", "do",   "!",    "{",    "time"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(text_string(word), words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void end_word(struct situation *situation, size_t at)
{
    if (at > situation->start) {
        if (situation->redirected) {
            situation->redirected = false;
        } else if (situation->number == 0 && opens_command(&situation->word)) {
            begin_command(situation);
        } else {
            struct text *kept = situation->number == 0   ? &situation->first
                                : situation->number == 1 ? &situation->second
                                                         : NULL;
            if (kept != NULL) {
                text_add(kept, text_string(&situation->word), situation->word.len);
            }
            situation->number++;
        }
    }
    text_clear(&situation->word);
    situation->dollar = 0;
}

/* A character of a word: how many bytes of the line it takes. */
static size_t word_character(struct situation *situation, const char *line, size_t at, size_t end)
{
    char c = line[at];
    if (c == situation->quote || (situation->quote == 0 && (c == '\'' || c == '"'))) {
        situation->quote = situation->quote != 0 ? 0 : c;
        return 1;
    }
    if (c == '\\' && situation->quote != '\'' && at + 1 < end) {
        text_add_char(&situation->word, line[at + 1]);
        return 2;
    }
    if (c == '$' && situation->quote != '\'') {
        situation->dollar = at + 1;
    } else if (!is_name_char(c, false)) {
        situation->dollar = 0;
    }
    text_add_char(&situation->word, c);
    return 1;
}

static void read_line(struct situation *situation, const char *line, size_t end)
{
    size_t i = 0;
    while (i < end) {
        bool separates = situation->quote == 0 && strchr(" \t\n;&|()<>", line[i]) != NULL;
        if (!separates) {
            i += word_character(situation, line, i, end);
            continue;
        }
        end_word(situation, i);
        if (strchr("\n;&|()", line[i]) != NULL) {
            begin_command(situation);
            situation->redirected = false;
        } else if (line[i] == '<' || line[i] == '>') {
            situation->redirected = true;
        }
        situation->start = ++i;
    }
}

/* ---- names ------------------------------------------------------------------------------------- */

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
        if (quote == 0 && strchr(" \t\n;&|()<>'\"\\$*?[#!", text[i]) != NULL) {
            text_add_char(out, '\\');
        } else if (quote == '"' && strchr("$\"\\", text[i]) != NULL) {
            text_add_char(out, '\\');
        }
        text_add_char(out, text[i]);
    }
}

/* What was typed of the word up to its last / is kept, and comes back as the start of what is put in. */
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

static void names(const struct complete_source *source, const struct situation *situation,
                  enum complete_kind kind, struct completion *completion)
{
    const char *word = text_string(&situation->word);
    const char *slash = strrchr(word, '/');
    size_t kept = slash != NULL ? (size_t)(slash - word) + 1 : 0;
    kind = slash != NULL ? complete_files : kind;
    struct text directory = {NULL, 0, 0};
    text_add(&directory, word, kept);
    struct gathering gathering = {completion, word + kept, strlen(word + kept), 0};
    source->names(source->context, kind, text_string(&directory), gather, &gathering);
    text_free(&directory);
    completion->start = situation->start;
    finish(completion, situation, kept);
}

static void variables(const struct complete_source *source, const char *line, size_t cursor,
                      size_t dollar, struct completion *completion)
{
    struct situation bare = {.start = dollar};
    text_add(&bare.word, line + dollar, cursor - dollar);
    struct gathering gathering = {completion, text_string(&bare.word), bare.word.len, 0};
    source->names(source->context, complete_variables, "", gather, &gathering);
    completion->start = dollar;
    finish(completion, &bare, 0);
    text_free(&bare.word);
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
    read_line(&situation, line, cursor);
    if (situation.dollar != 0) {
        variables(source, line, cursor, situation.dollar, out_completion);
    } else {
        names(source, &situation, kind_of(&situation), out_completion);
    }
    text_free(&situation.word);
    text_free(&situation.first);
    text_free(&situation.second);
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
