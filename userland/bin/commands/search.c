/* SPDX-License-Identifier: MIT */
/* grep, find and hexdump. */
#include "userland/bin/commands/commands.h"
#include "userland/bin/commands/paths.h"
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- grep ---------------------------------------------------------------------------------------- */

struct search {
    regex_t expression;
    bool inverted, numbered, counts, quiet, named;
    bool found;
};

static void show_place(const struct search *search, const char *name, uint64_t number)
{
    if (search->named) {
        printf("%s:", name != NULL ? name : "-");
    }
    if (search->numbered && number != 0) {
        printf("%llu:", (unsigned long long)number);
    }
}

static int search_file(FILE *file, const char *name, void *context)
{
    struct search *search = context;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    uint64_t count = 0;
    for (uint64_t number = 1; (len = getline(&line, &room, file)) > 0; number++) {
        line[len - (line[len - 1] == '\n')] = '\0';
        if ((regexec(&search->expression, line, 0, NULL, 0) == 0) == search->inverted) {
            continue;
        }
        count++;
        if (search->quiet) {
            break;
        }
        if (!search->counts) {
            show_place(search, name, number);
            puts(line);
        }
    }
    if (search->counts && !search->quiet) {
        show_place(search, name, 0);
        printf("%llu\n", (unsigned long long)count);
    }
    search->found = search->found || count != 0;
    free(line);
    return exit_ok;
}

int command_grep(int argc, char **argv)
{
    struct search search = {.inverted = false};
    struct options options = options_of(argv);
    int flags = REG_EXTENDED | REG_NOSUB;
    char option;
    while ((option = option_next(&options, "ivncqE")) != '\0') {
        switch (option) {
        case 'i': flags |= REG_ICASE; break;
        case 'v': search.inverted = true; break;
        case 'n': search.numbered = true; break;
        case 'c': search.counts = true; break;
        case 'q': search.quiet = true; break;
        case 'E': break;
        default: return wrong_usage();
        }
    }
    if (options.at >= argc) {
        return wrong_usage();
    }
    int error = regcomp(&search.expression, argv[options.at], flags);
    if (error != 0) {
        char text[80];
        regerror(error, &search.expression, text, sizeof(text));
        fprintf(stderr, "grep: %s: %s\n", argv[options.at], text);
        return exit_usage;
    }
    char **files = argv + options.at + 1;
    search.named = files[0] != NULL && files[1] != NULL;
    int code = each_file(files, search_file, &search);
    regfree(&search.expression);
    return code != exit_ok ? exit_usage : search.found ? exit_ok : exit_failed;
}

/* ---- find ---------------------------------------------------------------------------------------- */

struct wanted {
    const char *name; /* a pattern; NULL: any */
    char type;        /* f, d, l; 0: any */
};

static bool is_wanted(const struct wanted *wanted, const char *path, mode_t mode)
{
    char type = S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : 'f';
    return (wanted->type == '\0' || wanted->type == type) &&
           (wanted->name == NULL || fnmatch(wanted->name, last_name(path), 0) == 0);
}

static int find(const struct wanted *wanted, char *path, unsigned depth);

static int find_below(const struct wanted *wanted, char *path, unsigned depth)
{
    size_t len = strlen(path);
    struct dirent **entries;
    int worst = exit_ok;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        return failed(path);
    }
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        int code = exit_ok;
        if (!is_itself(name) && len + strlen(name) + 2 < path_room) {
            sprintf(path + len, "%s%s", path[len - 1] != '/' ? "/" : "", name);
            code = find(wanted, path, depth + 1);
            path[len] = '\0';
        } else if (!is_itself(name)) {
            code = too_long(name);
        }
        worst = code > worst ? code : worst;
        free(entries[i]);
    }
    free(entries);
    return worst;
}

static int find(const struct wanted *wanted, char *path, unsigned depth)
{
    struct stat stat;
    if (lstat(path, &stat) != 0) {
        return failed(path);
    }
    if (is_wanted(wanted, path, stat.st_mode)) {
        puts(path);
    }
    return S_ISDIR(stat.st_mode) && depth < path_depth_max ? find_below(wanted, path, depth)
                                                           : exit_ok;
}

static int find_at(const struct wanted *wanted, const char *start)
{
    char path[path_room];
    if (snprintf(path, sizeof(path), "%s", start) >= (int)sizeof(path) || path[0] == '\0') {
        return wrong_usage();
    }
    return find(wanted, path, 0);
}

int command_find(int argc, char **argv)
{
    struct wanted wanted = {NULL, '\0'};
    int paths = 1;
    int worst = exit_ok;
    while (paths < argc && argv[paths][0] != '-') {
        paths++;
    }
    for (int i = paths; i < argc; i += 2) {
        bool type = strcmp(argv[i], "-type") == 0;
        if ((!type && strcmp(argv[i], "-name") != 0) || i + 1 == argc ||
            (type && (strlen(argv[i + 1]) != 1 || strchr("fdl", argv[i + 1][0]) == NULL))) {
            return wrong_usage();
        }
        wanted.name = type ? wanted.name : argv[i + 1];
        wanted.type = type ? argv[i + 1][0] : wanted.type;
    }
    if (paths == 1) {
        return find_at(&wanted, ".");
    }
    for (int i = 1; i < paths; i++) {
        int code = find_at(&wanted, argv[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- hexdump ------------------------------------------------------------------------------------- */

enum { ROW = 16 };

static void show_row(uint64_t offset, const unsigned char *bytes, size_t len)
{
    printf("%08llx ", (unsigned long long)offset);
    for (size_t i = 0; i < ROW; i++) {
        printf(i == ROW / 2 ? "  " : " ");
        if (i < len) {
            printf("%02x", bytes[i]);
        } else {
            printf("  ");
        }
    }
    printf("  |");
    for (size_t i = 0; i < len; i++) {
        putchar(bytes[i] >= ' ' && bytes[i] < 127 ? bytes[i] : '.');
    }
    puts("|");
}

static int dump(FILE *file, const char *name, void *context)
{
    unsigned char bytes[ROW];
    uint64_t offset = 0;
    size_t len;
    (void)name;
    (void)context;
    while ((len = fread(bytes, 1, sizeof(bytes), file)) != 0) {
        show_row(offset, bytes, len);
        offset += len;
    }
    printf("%08llx\n", (unsigned long long)offset);
    return exit_ok;
}

int command_hexdump(int argc, char **argv)
{
    struct options options = options_of(argv);
    (void)argc;
    return option_next(&options, "") == '\0' ? each_file(argv + options.at, dump, NULL)
                                             : wrong_usage();
}
