/* SPDX-License-Identifier: MIT */
/* What many commands need. */
#include "userland/bin/commands/commands.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int failed(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", command_name, what, strerror(errno));
    return exit_failed;
}

int refused(const char *what, j6_status_t status)
{
    fprintf(stderr, "%s: %s: %s\n", command_name, what, j6_status_text(status));
    return exit_failed;
}

/* ---- arguments ----------------------------------------------------------------------------------- */

struct options options_of(char **argv)
{
    return (struct options){.argv = argv, .at = 1, .rest = ""};
}

/* Behind `--`, and at what doesn't begin with a - or is nothing else, arguments begin. */
static bool next_word(struct options *options)
{
    const char *word = options->argv[options->at];
    if (word == NULL || word[0] != '-' || word[1] == '\0') {
        return false;
    }
    options->at++;
    options->rest = word + 1;
    return strcmp(word, "--") != 0;
}

char option_next(struct options *options, const char *flags)
{
    if (*options->rest == '\0' && !next_word(options)) {
        return '\0';
    }
    char letter = *options->rest++;
    const char *flag = letter != ':' ? strchr(flags, letter) : NULL;
    if (flag == NULL) {
        return '?';
    }
    if (flag[1] == ':') {
        options->argument =
            *options->rest != '\0' ? (char *)options->rest : options->argv[options->at];
        options->at += *options->rest == '\0' && options->argument != NULL;
        options->rest = "";
        return options->argument != NULL ? letter : '?';
    }
    return letter;
}

/* A read of a file, and a write to one, are calls of another process: few large ones. */
enum { BUFFER_SIZE = 65536 };

void output_begin(void)
{
    static char buffer[BUFFER_SIZE];
    if (!isatty(STDOUT_FILENO)) {
        setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    }
}

/* ---- files --------------------------------------------------------------------------------------- */

static int read_stdin(file_function *function, void *context)
{
    int code = function(stdin, NULL, context);
    return ferror(stdin) ? failed("stdin") : code;
}

static int one_file(const char *name, file_function *function, void *context)
{
    static char buffer[BUFFER_SIZE];
    if (strcmp(name, "-") == 0) {
        return read_stdin(function, context);
    }
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        return failed(name);
    }
    setvbuf(file, buffer, _IOFBF, sizeof(buffer));
    int code = function(file, name, context);
    if (ferror(file)) {
        code = failed(name);
    }
    fclose(file);
    return code;
}

int each_file(char **names, file_function *function, void *context)
{
    int worst = exit_ok;
    if (*names == NULL) {
        return read_stdin(function, context);
    }
    for (; *names != NULL && !ferror(stdout); names++) {
        int code = one_file(*names, function, context);
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- the system ---------------------------------------------------------------------------------- */

j6_handle_t system_given(void)
{
    j6_handle_t system = j6_find("system");
    if (system == j6_handle_none) {
        fprintf(stderr, "%s: no system object was given to this program\n", command_name);
    }
    return system;
}

uint64_t koid_number(j6_koid_t koid)
{
    return koid & ((1ull << j6_handle_type_shift) - 1);
}

j6_koid_t koid_of(enum j6_type type, uint64_t number)
{
    return (j6_koid_t)type << j6_handle_type_shift | number;
}

bool look(uint64_t topic, j6_koid_t koid, struct j6_snapshot *out_snapshot)
{
    j6_handle_t system = system_given();
    if (system == j6_handle_none) {
        return false;
    }
    j6_status_t status = j6_snapshot_take(system, topic, koid, out_snapshot);
    if (status == j6_err_not_found) {
        fprintf(stderr, "%s: there is no such process\n", command_name);
    } else if (status != j6_status_ok) {
        refused("looking", status);
    }
    return status == j6_status_ok;
}

const char *size_text(uint64_t bytes)
{
    static char texts[4][24];
    static unsigned next;
    char *text = texts[next++ % 4];
    unsigned shift = bytes >= 10ull << 30   ? 30
                     : bytes >= 10ull << 20 ? 20
                     : bytes >= 10ull << 10 ? 10
                                            : 0;
    snprintf(text, sizeof(texts[0]), "%llu%.*s", (unsigned long long)(bytes >> shift), shift != 0,
             &" KMG"[shift / 10]);
    return text;
}
