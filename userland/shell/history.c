/* SPDX-License-Identifier: MIT */
#include "userland/shell/history.h"
#include "userland/shell/text.h"
#include <stdlib.h>
#include <string.h>

void history_add(struct history *history, const char *line)
{
    if (line[0] == '\0' || line[0] == ' ' ||
        (history->count != 0 && strcmp(history->lines[history->count - 1], line) == 0)) {
        return;
    }
    if (history->count == history_max) {
        free(history->lines[0]);
        memmove(history->lines, history->lines + 1, (history_max - 1) * sizeof(char *));
        history->count--;
    }
    history->lines[history->count++] = memory_copy(line);
}

size_t history_search(const struct history *history, size_t index, const char *text)
{
    while (index > 0) {
        index--;
        if (strstr(history->lines[index], text) != NULL) {
            return index;
        }
    }
    return history->count;
}

void history_free(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        free(history->lines[i]);
    }
    history->count = 0;
}
