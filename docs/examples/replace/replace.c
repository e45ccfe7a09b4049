/* SPDX-License-Identifier: MIT */
/*
 * replace OLD NEW [FILE…]: writes its files, or its input, with NEW in the place of each OLD. A
 * command as anybody would write it for a system with a C library; nothing in it is Senary's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_line(const char *line, const char *old, const char *new)
{
    const char *found;
    while ((found = strstr(line, old)) != NULL) {
        printf("%.*s%s", (int)(found - line), line, new);
        line = found + strlen(old);
    }
    fputs(line, stdout);
}

static int replace(FILE *in, const char *name, const char *old, const char *new)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, in) >= 0) {
        write_line(line, old, new);
    }
    free(line);
    if (ferror(in)) {
        fprintf(stderr, "replace: %s: %s\n", name, strerror(errno));
        return 1;
    }
    return 0;
}

static int replace_in_file(const char *name, const char *old, const char *new)
{
    FILE *in = fopen(name, "r");
    if (in == NULL) {
        fprintf(stderr, "replace: %s: %s\n", name, strerror(errno));
        return 1;
    }
    int failed = replace(in, name, old, new);
    fclose(in);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argv[1][0] == '\0') {
        fprintf(stderr, "usage: replace OLD NEW [FILE...]\n");
        return 2;
    }
    int failed = argc == 3 ? replace(stdin, "input", argv[1], argv[2]) : 0;
    for (int i = 3; i < argc; i++) {
        failed |= replace_in_file(argv[i], argv[1], argv[2]);
    }
    return fflush(stdout) == 0 ? failed : 1;
}
