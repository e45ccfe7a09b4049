/* SPDX-License-Identifier: MIT */
#include "userland/init/manifest_words.h"
#include "lib/string.h"

bool manifest_fail(struct manifest_line *line, size_t word, const char *what)
{
    const char *about = word < line->count || word == 0 ? line->words[word] : "";
    line->manifest->report(line->number, what, about);
    if (line->entry != NULL && line->entry->bad_line == 0) {
        line->entry->bad_line = line->number;
    }
    return false;
}

bool manifest_keep(struct manifest_line *line, size_t first, const char ***out_words)
{
    struct manifest *manifest = line->manifest;
    size_t count = line->count - first;
    if (MANIFEST_WORDS_MAX - manifest->word_count < count + 1) {
        return manifest_fail(line, 0, "has no room left");
    }
    const char **list = &manifest->words[manifest->word_count];
    memcpy(list, &line->words[first], count * sizeof(list[0]));
    list[count] = NULL;
    manifest->word_count += count + 1;
    *out_words = list;
    return true;
}

bool manifest_has_word(const char *const *list, const char *word)
{
    for (; list != NULL && *list != NULL; list++) {
        if (string_equal(*list, word)) {
            return true;
        }
    }
    return false;
}

bool manifest_is_name(struct manifest_line *line, size_t word)
{
    return strlen(line->words[word]) <= MANIFEST_NAME_MAX ||
           manifest_fail(line, word, "is too long for a name");
}

static int digit_of(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : 16;
}

bool manifest_parse_number(const char *text, size_t len, uint64_t *out_number)
{
    uint64_t base = len > 2 && text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t number = 0;
    for (size_t i = base == 16 ? 2 : 0; i < len; i++) {
        uint64_t digit = (uint64_t)digit_of(text[i]);
        if (digit >= base || number > (UINT64_MAX - digit) / base) {
            return false;
        }
        number = number * base + digit;
    }
    *out_number = number;
    return len > 0;
}

bool manifest_number(struct manifest_line *line, size_t word, uint64_t *out_number)
{
    const char *text = line->words[word];
    return manifest_parse_number(text, strlen(text), out_number) ||
           manifest_fail(line, word, "isn't a number");
}

bool manifest_choice(struct manifest_line *line, size_t word, const char *const *words,
                     size_t *out_choice)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (string_equal(line->words[word], words[i])) {
            *out_choice = i;
            return true;
        }
    }
    return manifest_fail(line, word, "isn't known here");
}

bool manifest_option(struct manifest_line *line, size_t word, const struct manifest_option *options,
                     size_t count)
{
    const char *text = line->words[word];
    const char *equals = strchr(text, '=');
    size_t len = equals != NULL ? (size_t)(equals - text) : 0;
    for (size_t i = 0; i < count && equals != NULL; i++) {
        if (strlen(options[i].name) == len && memcmp(text, options[i].name, len) == 0) {
            return manifest_parse_number(equals + 1, strlen(equals + 1), options[i].number) ||
                   manifest_fail(line, word, "isn't a number");
        }
    }
    return manifest_fail(line, word, "isn't known here");
}
