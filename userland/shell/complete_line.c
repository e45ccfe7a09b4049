/* SPDX-License-Identifier: MIT */
/* Where in a command the cursor is: the line is read from its start, as far as quotes and operators go. */
#include "userland/shell/complete.h"
#include "userland/shell/syntax.h"
#include <string.h>

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

void situation_read(struct situation *situation, const char *line, size_t end)
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
