/* SPDX-License-Identifier: MIT */
/* sort: lines in order. */
#include "userland/bin/commands/commands.h"
#include <stdlib.h>
#include <string.h>

struct lines {
    char **at;
    size_t count;
    size_t room;
};

/* qsort tells its function nothing else. */
static struct {
    bool by_number;
    bool backwards;
} order;

static int compare_keys(const char *first, const char *second)
{
    if (order.by_number) {
        double x = strtod(first, NULL);
        double y = strtod(second, NULL);
        return (x > y) - (x < y);
    }
    return strcmp(first, second);
}

/* Lines with the same key stand in order too. */
static int compare(const void *a, const void *b)
{
    const char *first = *(char *const *)a;
    const char *second = *(char *const *)b;
    int result = compare_keys(first, second);
    result = result != 0 ? result : strcmp(first, second);
    return order.backwards ? -result : result;
}

static int add_lines(FILE *file, const char *name, void *context)
{
    struct lines *lines = context;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    (void)name;
    while ((len = getline(&line, &room, file)) > 0) {
        if (lines->count == lines->room) {
            size_t more = 2 * lines->room + 64;
            char **at = realloc(lines->at, more * sizeof(char *));
            if (at == NULL) {
                return failed("memory");
            }
            lines->at = at;
            lines->room = more;
        }
        line[len - (line[len - 1] == '\n')] = '\0';
        lines->at[lines->count++] = line;
        line = NULL;
        room = 0;
    }
    free(line);
    return feof(file) || ferror(file) ? exit_ok : failed("memory");
}

int command_sort(int argc, char **argv)
{
    struct lines lines = {NULL, 0, 0};
    struct options options = options_of(argv);
    bool once = false;
    char option;
    (void)argc;
    while ((option = option_next(&options, "nru")) != '\0') {
        switch (option) {
        case 'n': order.by_number = true; break;
        case 'r': order.backwards = true; break;
        case 'u': once = true; break;
        default: return wrong_usage();
        }
    }
    int code = each_file(argv + options.at, add_lines, &lines);
    if (lines.count != 0) {
        qsort(lines.at, lines.count, sizeof(char *), compare);
    }
    for (size_t i = 0; i < lines.count; i++) {
        if (!once || i == 0 || compare_keys(lines.at[i - 1], lines.at[i]) != 0) {
            puts(lines.at[i]);
        }
    }
    return code;
}
