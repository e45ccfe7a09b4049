/* SPDX-License-Identifier: MIT */
/* The lines about times, and about a service, but `handle`: each function reads one. */
#include "lib/string.h"
#include "userland/init/manifest_words.h"

/* The words of the line from the second one on. */
static bool read_options(struct manifest_line *line, const struct manifest_option *options,
                         size_t count)
{
    for (size_t i = 1; i < line->count; i++) {
        if (!manifest_option(line, i, options, count)) {
            return false;
        }
    }
    return true;
}

bool manifest_read_times(struct manifest_line *line)
{
    struct manifest_times *times = &line->manifest->times;
    const struct manifest_option options[] = {
        {"pause", &times->pause}, {"life", &times->life},     {"ready", &times->ready},
        {"end", &times->end},     {"answer", &times->answer},
    };
    return read_options(line, options, sizeof(options) / sizeof(options[0]));
}

bool manifest_read_program(struct manifest_line *line)
{
    struct manifest_entry *entry = line->entry;
    entry->program = line->words[1];
    line->words[1] = entry->name;
    return manifest_keep(line, 1, &entry->argv);
}

bool manifest_read_when(struct manifest_line *line)
{
    return manifest_keep(line, 1, &line->entry->when);
}

/* A name has one service. */
bool manifest_read_serves(struct manifest_line *line)
{
    const struct manifest *manifest = line->manifest;
    for (size_t i = 1; i < line->count; i++) {
        if (!manifest_is_name(line, i)) {
            return false;
        }
        for (size_t k = 0; k < manifest->count; k++) {
            if (manifest_has_word(manifest->entries[k].serves, line->words[i])) {
                return manifest_fail(line, i, "is served by another service already");
            }
        }
    }
    return manifest_keep(line, 1, &line->entry->serves);
}

bool manifest_read_after(struct manifest_line *line)
{
    for (size_t i = 1; i < line->count; i++) {
        if (!manifest_is_name(line, i)) {
            return false;
        }
    }
    return manifest_keep(line, 1, &line->entry->after);
}

bool manifest_read_endpoint(struct manifest_line *line)
{
    struct manifest_entry *entry = line->entry;
    entry->has_endpoint = true;
    for (size_t i = 3; i < line->count; i++) {
        if (string_equal(line->words[i], "kept")) {
            entry->keeps_endpoint = true;
        } else if (string_equal(line->words[i], "badges")) {
            entry->makes_badges = true;
        } else {
            return manifest_fail(line, i, "isn't known here");
        }
    }
    return manifest_number(line, 1, &entry->endpoint_bytes) &&
           manifest_number(line, 2, &entry->endpoint_handles);
}

bool manifest_read_restart(struct manifest_line *line)
{
    static const char *const words[] = {"always", "failure", "never", NULL};
    size_t choice;
    if (!manifest_choice(line, 1, words, &choice)) {
        return false;
    }
    line->entry->restart = (enum manifest_restart)choice;
    return true;
}

bool manifest_read_absent(struct manifest_line *line)
{
    uint64_t code;
    if (!manifest_number(line, 1, &code)) {
        return false;
    }
    line->entry->has_absent = true;
    line->entry->absent = (int64_t)code;
    return true;
}

bool manifest_read_limits(struct manifest_line *line)
{
    struct j6_limits *limits = &line->entry->limits;
    const struct manifest_option options[] = {
        {"pages", &limits->pages},       {"handles", &limits->handles},
        {"threads", &limits->threads},   {"processes", &limits->processes},
        {"priority", &limits->priority},
    };
    line->entry->has_limits = true;
    return read_options(line, options, sizeof(options) / sizeof(options[0]));
}

bool manifest_read_needs(struct manifest_line *line)
{
    static const char *const words[] = {"framebuffer", "program", NULL};
    enum { NEEDS_FRAMEBUFFER, NEEDS_PROGRAM };
    for (size_t i = 1; i < line->count; i++) {
        size_t choice;
        if (!manifest_choice(line, i, words, &choice)) {
            return false;
        }
        line->entry->needs_framebuffer |= choice == NEEDS_FRAMEBUFFER;
        line->entry->needs_program |= choice == NEEDS_PROGRAM;
    }
    return true;
}

bool manifest_read_end(struct manifest_line *line)
{
    static const char *const words[] = {"poweroff", NULL};
    size_t choice;
    line->entry->ends_system = manifest_choice(line, 1, words, &choice);
    return line->entry->ends_system;
}

bool manifest_read_start(struct manifest_line *line)
{
    static const char *const words[] = {"last", NULL};
    size_t choice;
    line->entry->is_last = manifest_choice(line, 1, words, &choice);
    return line->entry->is_last;
}

bool manifest_read_ready(struct manifest_line *line)
{
    static const char *const words[] = {"started", NULL};
    size_t choice;
    line->entry->is_ready_when_started = manifest_choice(line, 1, words, &choice);
    return line->entry->is_ready_when_started;
}
