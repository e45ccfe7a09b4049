/* SPDX-License-Identifier: MIT */
/* The commands that were given, oldest first; the oldest go when there are too many. Pure. */
#pragma once
#include <stddef.h>

enum { history_max = 500 };

struct history {
    char *lines[history_max];
    size_t count;
};

/* Not what is empty, begins with a blank, or is the same as the last one. */
void history_add(struct history *history, const char *line);

/* The line before `index` that contains the text; `history->count` stands for none. */
size_t history_search(const struct history *history, size_t index, const char *text);
void history_free(struct history *history);
