/* SPDX-License-Identifier: MIT */
/* wc: how much text there is. */
#include "userland/bin/commands/commands.h"
#include <ctype.h>

struct counts {
    uint64_t lines, words, bytes;
};

struct counting {
    bool lines, words, bytes;
    struct counts total;
};

static void show_counts(const struct counting *counting, const struct counts *counts,
                        const char *name)
{
    const struct {
        bool wanted;
        uint64_t value;
    } columns[] = {{counting->lines, counts->lines},
                   {counting->words, counts->words},
                   {counting->bytes, counts->bytes}};
    bool alone = counting->lines + counting->words + counting->bytes == 1;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (columns[i].wanted) {
            printf(alone ? "%llu" : "%8llu", (unsigned long long)columns[i].value);
        }
    }
    printf("%s%s\n", name != NULL ? " " : "", name != NULL ? name : "");
}

static int count(FILE *file, const char *name, void *context)
{
    struct counting *counting = context;
    struct counts counts = {0, 0, 0};
    bool in_word = false;
    for (int c; (c = getc(file)) != EOF;) {
        counts.bytes++;
        counts.lines += c == '\n';
        counts.words += !in_word && !isspace(c);
        in_word = !isspace(c);
    }
    show_counts(counting, &counts, name);
    counting->total.lines += counts.lines;
    counting->total.words += counts.words;
    counting->total.bytes += counts.bytes;
    return exit_ok;
}

int command_wc(int argc, char **argv)
{
    struct counting counting = {.lines = false};
    struct options options = options_of(argv);
    char option;
    while ((option = option_next(&options, "lwc")) != '\0') {
        switch (option) {
        case 'l': counting.lines = true; break;
        case 'w': counting.words = true; break;
        case 'c': counting.bytes = true; break;
        default: return wrong_usage();
        }
    }
    if (!counting.lines && !counting.words && !counting.bytes) {
        counting.lines = counting.words = counting.bytes = true;
    }
    int code = each_file(argv + options.at, count, &counting);
    if (argc - options.at > 1) {
        show_counts(&counting, &counting.total, "total");
    }
    return code;
}
