/* SPDX-License-Identifier: MIT */
/* Commands that read text: cat, head, tail, wc, sort. */
#include "userland/bin/commands/commands.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- cat ----------------------------------------------------------------------------------------- */

static int copy_out(FILE *file, const char *name, void *context)
{
    static char buf[65536];
    size_t len;
    (void)name;
    (void)context;
    while ((len = fread(buf, 1, sizeof(buf), file)) != 0) {
        if (fwrite(buf, 1, len, stdout) != len) {
            return failed("stdout");
        }
    }
    return exit_ok;
}

int command_cat(int argc, char **argv)
{
    struct options options = options_of(argv);
    (void)argc;
    return option_next(&options, "") == '\0' ? each_file(argv + options.at, copy_out, NULL)
                                             : wrong_usage();
}

/* ---- head and tail ------------------------------------------------------------------------------- */

struct cut {
    uint64_t count;
    bool named; /* there are several files: their names are shown */
};

static void show_name(const struct cut *cut, const char *name)
{
    if (cut->named) {
        printf("==> %s <==\n", name != NULL ? name : "-");
    }
}

/* Byte by byte, and no further: what is left of the input is for others. */
static int head(FILE *file, const char *name, void *context)
{
    const struct cut *cut = context;
    show_name(cut, name);
    for (uint64_t lines = 0; lines < cut->count;) {
        int c = getc(file);
        if (c == EOF) {
            break;
        }
        putchar(c);
        lines += c == '\n';
    }
    return exit_ok;
}

/* The last lines, in a ring. */
static int tail(FILE *file, const char *name, void *context)
{
    const struct cut *cut = context;
    char **ring = calloc(cut->count != 0 ? cut->count : 1, sizeof(char *));
    size_t *lengths = calloc(cut->count != 0 ? cut->count : 1, sizeof(size_t));
    uint64_t lines = 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    show_name(cut, name);
    if (ring == NULL || lengths == NULL) {
        return failed("memory");
    }
    while (cut->count != 0 && (len = getline(&line, &room, file)) > 0) {
        size_t place = lines++ % cut->count;
        free(ring[place]);
        ring[place] = line;
        lengths[place] = (size_t)len;
        line = NULL;
        room = 0;
    }
    for (uint64_t i = lines > cut->count ? lines - cut->count : 0; i < lines; i++) {
        fwrite(ring[i % cut->count], 1, lengths[i % cut->count], stdout);
        free(ring[i % cut->count]);
    }
    free(line);
    free(ring);
    free(lengths);
    return exit_ok;
}

enum { LINES_MAX = 1 << 20 };

static int cut_files(char **argv, file_function *function)
{
    struct cut cut = {.count = 10};
    struct options options = options_of(argv);
    char option;
    while ((option = option_next(&options, "n:")) != '\0') {
        if (option == '?' || !number_of(options.argument, &cut.count) || cut.count > LINES_MAX) {
            return wrong_usage();
        }
    }
    char **files = argv + options.at;
    cut.named = files[0] != NULL && files[1] != NULL;
    return each_file(files, function, &cut);
}

int command_head(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdin, NULL, _IONBF, 0);
    return cut_files(argv, head);
}

int command_tail(int argc, char **argv)
{
    (void)argc;
    return cut_files(argv, tail);
}

/* ---- wc ------------------------------------------------------------------------------------------ */

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

/* ---- sort ---------------------------------------------------------------------------------------- */

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

static int compare(const void *a, const void *b)
{
    const char *first = *(char *const *)a;
    const char *second = *(char *const *)b;
    int result = 0;
    if (order.by_number) {
        double x = strtod(first, NULL);
        double y = strtod(second, NULL);
        result = (x > y) - (x < y);
    }
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
            lines->room = 2 * lines->room + 64;
            lines->at = realloc(lines->at, lines->room * sizeof(char *));
            if (lines->at == NULL) {
                return failed("memory");
            }
        }
        line[len - (line[len - 1] == '\n')] = '\0';
        lines->at[lines->count++] = line;
        line = NULL;
        room = 0;
    }
    free(line);
    return exit_ok;
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
        if (!once || i == 0 || strcmp(lines.at[i - 1], lines.at[i]) != 0) {
            puts(lines.at[i]);
        }
    }
    return code;
}
