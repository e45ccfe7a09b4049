/* SPDX-License-Identifier: MIT */
/* Builtins that say how the shell goes on, and those that run others. */
#include "userland/shell/builtin.h"
#include "userland/shell/files.h"
#include <string.h>

enum { LOOPS_MAX = 1000 };

int builtin_true(struct shell *shell, const char *const *argv)
{
    (void)shell;
    (void)argv;
    return status_ok;
}

int builtin_false(struct shell *shell, const char *const *argv)
{
    (void)shell;
    (void)argv;
    return status_failed;
}

/* In one piece, so that lines of several commands don't mix. */
int builtin_echo(struct shell *shell, const char *const *argv)
{
    struct text text = {NULL, 0, 0};
    bool newline = argv[1] == NULL || strcmp(argv[1], "-n") != 0;
    for (const char *const *argument = argv + 1 + !newline; *argument != NULL; argument++) {
        text_format(&text, "%s%s", *argument, argument[1] != NULL ? " " : "");
    }
    text_add_string(&text, newline ? "\n" : "");
    bool said = say_bytes(shell, text_string(&text), text.len);
    text_free(&text);
    return said ? status_ok : status_failed;
}

int builtin_exit(struct shell *shell, const char *const *argv)
{
    uint64_t code = (uint64_t)shell->status;
    if (argv[1] != NULL && (!number_of(argv[1], &code) || argv[2] != NULL)) {
        return usage(shell, argv[0]);
    }
    shell->exits = true;
    return (int)(code & 255);
}

static int leave_loops(struct shell *shell, const char *const *argv, bool continues)
{
    uint64_t count = 1;
    bool right = argv[1] == NULL ||
                 (number_of(argv[1], &count) && count != 0 && count < LOOPS_MAX && argv[2] == NULL);
    if (!right) {
        return usage(shell, argv[0]);
    }
    shell->leaves = count < shell->loops ? (unsigned)count : shell->loops;
    shell->continues = continues;
    return status_ok;
}

int builtin_break(struct shell *shell, const char *const *argv)
{
    return leave_loops(shell, argv, false);
}

int builtin_continue(struct shell *shell, const char *const *argv)
{
    return leave_loops(shell, argv, true);
}

int builtin_source(struct shell *shell, const char *const *argv)
{
    struct text text = {NULL, 0, 0};
    if (argv[1] == NULL || argv[2] != NULL) {
        return usage(shell, argv[0]);
    }
    shell->status = status_failed;
    if (file_text(shell, argv[1], &text)) {
        shell->status = status_ok;
        run_text(shell, argv[1], text_string(&text), text.len);
    }
    text_free(&text);
    return shell->status;
}

int builtin_time(struct shell *shell, const char *const *argv)
{
    j6_time_t begin = 0, end = 0;
    if (argv[1] == NULL) {
        return usage(shell, argv[0]);
    }
    j6_clock(&begin);
    run_arguments(shell, argv + 1);
    j6_clock(&end);
    note(shell, "%.6f s\n", (double)(end - begin) / 1e9);
    return shell->status;
}

int builtin_with(struct shell *shell, const char *const *argv)
{
    if (argv[1] == NULL || argv[2] == NULL) {
        return usage(shell, argv[0]);
    }
    struct text role = {NULL, 0, 0};
    for (const char *at = argv[1]; *at != '\0'; at += at[0] == ',') {
        size_t len = strcspn(at, ",");
        text_clear(&role);
        text_add(&role, at, len);
        if (j6_find(text_string(&role)) == j6_handle_none) {
            complain(shell, "with: the shell has no handle with the role %s\n", text_string(&role));
            text_free(&role);
            return status_failed;
        }
        at += len;
    }
    text_free(&role);
    const char *before = shell->roles;
    shell->roles = argv[1];
    run_arguments(shell, argv + 2);
    shell->roles = before;
    return shell->status;
}

int builtin_history(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    for (size_t i = 0; i < shell->history.count; i++) {
        say(shell, "%4zu  %s\n", i + 1, shell->history.lines[i]);
    }
    return status_ok;
}
