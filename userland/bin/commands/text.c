/* SPDX-License-Identifier: MIT */
/* cat, head and tail: text as it is, or its beginning or end. */
#include "userland/bin/commands/commands.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- cat ----------------------------------------------------------------------------------------- */

/* What there is, as soon as it is there: behind a pipe, or in front of a person, more may come much later. */
static int copy_out(FILE *file, const char *name, void *context)
{
    static char buf[65536];
    ssize_t len;
    (void)context;
    while ((len = read(fileno(file), buf, sizeof(buf))) > 0) {
        if (fwrite(buf, 1, (size_t)len, stdout) != (size_t)len || fflush(stdout) != 0) {
            return failed("stdout");
        }
    }
    return len == 0 ? exit_ok : failed(name != NULL ? name : "stdin");
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
