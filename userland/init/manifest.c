/* SPDX-License-Identifier: MIT */
/* Lines into words, and the words of a line to the function of the first one. */
#include "userland/init/manifest.h"
#include "lib/string.h"
#include "userland/init/manifest_words.h"

/* What follows a bad line of this kind, up to the next one, belongs to nothing. */
static bool read_service(struct manifest_line *line)
{
    struct manifest *manifest = line->manifest;
    line->entry = NULL;
    line->skips = true;
    if (manifest->count == MANIFEST_SERVICES_MAX) {
        return manifest_fail(line, 1, "is one service too many");
    }
    struct manifest_entry *entry = &manifest->entries[manifest->count];
    *entry = (struct manifest_entry){.name = line->words[1],
                                     .line = line->number,
                                     .handles = &manifest->handles[manifest->handle_count]};
    if (!manifest_is_name(line, 1)) {
        return false;
    }
    for (size_t i = 0; i < manifest->count; i++) {
        if (string_equal(manifest->entries[i].name, entry->name)) {
            return manifest_fail(line, 1, "is the name of another service already");
        }
    }
    manifest->count++;
    line->entry = entry;
    line->skips = false;
    return true;
}

/* `least` and `most` words follow. What is once may stand in a service only one time. */
static const struct keyword {
    const char *word;
    size_t least;
    size_t most;
    bool once;
    bool (*read)(struct manifest_line *line);
} keywords[] = {
    {"service", 1, 1, false, read_service},
    {"times", 1, 5, true, manifest_read_times},
    {"program", 1, MANIFEST_LINE_WORDS_MAX, true, manifest_read_program},
    {"when", 2, MANIFEST_LINE_WORDS_MAX, true, manifest_read_when},
    {"needs", 1, 2, true, manifest_read_needs},
    {"serves", 1, MANIFEST_LINE_WORDS_MAX, true, manifest_read_serves},
    {"endpoint", 2, 4, true, manifest_read_endpoint},
    {"handle", 2, MANIFEST_LINE_WORDS_MAX, false, manifest_read_handle},
    {"after", 1, MANIFEST_LINE_WORDS_MAX, true, manifest_read_after},
    {"restart", 1, 1, true, manifest_read_restart},
    {"absent", 1, 1, true, manifest_read_absent},
    {"end", 1, 1, true, manifest_read_end},
    {"start", 1, 1, true, manifest_read_start},
    {"ready", 1, 1, true, manifest_read_ready},
    {"limits", 1, 5, true, manifest_read_limits},
};

enum { SERVICE, TIMES, KEYWORDS = sizeof(keywords) / sizeof(keywords[0]) };

static bool is_once(struct manifest_line *line, size_t keyword)
{
    uint32_t bit = 1u << keyword;
    if (keywords[keyword].once && (line->seen & bit) != 0) {
        return manifest_fail(line, 0, "stands here twice");
    }
    line->seen = keyword == SERVICE ? 0 : line->seen | bit;
    return true;
}

/* The times of all services stand before them; all other lines are about one. */
static bool is_in_place(struct manifest_line *line, size_t keyword)
{
    if (keyword == TIMES && line->entry != NULL) {
        return manifest_fail(line, 0, "stands behind a service");
    }
    return keyword <= TIMES || line->entry != NULL ||
           manifest_fail(line, 0, "belongs to no service");
}

static bool read_words(struct manifest_line *line)
{
    for (size_t i = 0; i < KEYWORDS; i++) {
        const struct keyword *keyword = &keywords[i];
        if (!string_equal(line->words[0], keyword->word)) {
            continue;
        }
        if (line->count - 1 < keyword->least) {
            return manifest_fail(line, 0, "lacks a word behind it");
        }
        if (line->count - 1 > keyword->most) {
            return manifest_fail(line, keyword->most + 1, "is too much");
        }
        bool skipped = line->skips && i != SERVICE;
        return skipped || (is_in_place(line, i) && is_once(line, i) && keyword->read(line));
    }
    return manifest_fail(line, 0, "isn't a word of manifests");
}

static bool split(struct manifest_line *line, char *text)
{
    line->count = 0;
    for (;;) {
        while (*text == ' ' || *text == '\t' || *text == '\r') {
            *text++ = '\0';
        }
        if (*text == '\0' || (line->count == 0 && *text == '#')) {
            return true;
        }
        if (line->count == MANIFEST_LINE_WORDS_MAX) {
            line->words[1] = text;
            return manifest_fail(line, 0, "has too many words behind it");
        }
        line->words[line->count++] = text;
        while (*text != '\0' && *text != ' ' && *text != '\t' && *text != '\r') {
            text++;
        }
    }
}

/* The service before is whole. */
static void check_entry(struct manifest_line *line)
{
    struct manifest_entry *entry = line->entry;
    if (entry == NULL || entry->bad_line != 0) {
        return;
    }
    unsigned number = line->number;
    line->number = entry->line;
    line->words[0] = entry->name;
    if (entry->program == NULL) {
        manifest_fail(line, 0, "has no program");
    } else if (entry->serves != NULL && !entry->has_endpoint) {
        manifest_fail(line, 0, "serves without an endpoint");
    }
    line->number = number;
}

static void read_line(struct manifest_line *line, char *text)
{
    if (!split(line, text) || line->count == 0) {
        return;
    }
    if (string_equal(line->words[0], keywords[0].word)) {
        const char *name = line->words[1];
        size_t count = line->count;
        check_entry(line);
        line->words[0] = keywords[0].word;
        line->words[1] = name;
        line->count = count;
    }
    read_words(line);
}

void manifest_read(struct manifest *manifest, char *text, size_t len)
{
    struct manifest_line line = {.manifest = manifest};
    char *end = text + len;
    *end = '\0';
    while (text < end) {
        char *newline = memchr(text, '\n', (size_t)(end - text));
        char *next = newline != NULL ? newline + 1 : end;
        if (newline != NULL) {
            *newline = '\0';
        }
        line.number++;
        read_line(&line, text);
        text = next;
    }
    check_entry(&line);
}
