/* SPDX-License-Identifier: MIT */
/*
 * What the lines of a manifest have in common. Each function that returns a bool has reported what is wrong
 * when that is false; nothing else may be said about the line then.
 */
#pragma once
#include "userland/init/manifest.h"

/* A line as it is read: its words, and the service that it belongs to. */
struct manifest_line {
    struct manifest *manifest;
    struct manifest_entry *entry; /* NULL: none */
    bool skips;                   /* those of a service that isn't one */
    unsigned number;
    uint32_t seen; /* the words of the service's lines so far, as bits */
    size_t count;
    const char *words[MANIFEST_LINE_WORDS_MAX];
};

/* Reports it, and marks the service as bad. Returns false. */
bool manifest_fail(struct manifest_line *line, size_t word, const char *what);

/* The words from that one on are kept, in a list that ends in NULL. */
bool manifest_keep(struct manifest_line *line, size_t first, const char ***out_words);

/* Is that word in the list? */
bool manifest_has_word(const char *const *list, const char *word);

bool manifest_is_name(struct manifest_line *line, size_t word);

/* Is all of it a number, a decimal one or from 0x on a hexadecimal one, that 64 bits hold? Reports nothing. */
bool manifest_parse_number(const char *text, size_t len, uint64_t *out_number);

/* The word as such a number. */
bool manifest_number(struct manifest_line *line, size_t word, uint64_t *out_number);

/* Which of the words it is; the list ends in NULL. */
bool manifest_choice(struct manifest_line *line, size_t word, const char *const *words,
                     size_t *out_choice);

/* A word `name=number`. */
struct manifest_option {
    const char *name;
    uint64_t *number;
};

bool manifest_option(struct manifest_line *line, size_t word, const struct manifest_option *options,
                     size_t count);

/* ---- lines, by their first words ------------------------------------------------------------- */

bool manifest_read_times(struct manifest_line *line);
bool manifest_read_handle(struct manifest_line *line);
bool manifest_read_program(struct manifest_line *line);
bool manifest_read_when(struct manifest_line *line);
bool manifest_read_serves(struct manifest_line *line);
bool manifest_read_after(struct manifest_line *line);
bool manifest_read_endpoint(struct manifest_line *line);
bool manifest_read_restart(struct manifest_line *line);
bool manifest_read_absent(struct manifest_line *line);
bool manifest_read_limits(struct manifest_line *line);
bool manifest_read_needs(struct manifest_line *line);
bool manifest_read_end(struct manifest_line *line);
bool manifest_read_start(struct manifest_line *line);
bool manifest_read_ready(struct manifest_line *line);
