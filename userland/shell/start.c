/* SPDX-License-Identifier: MIT */
/* Starts programs; scripts, and text that is to run beside the shell, as another shell. */
#include "userland/shell/start.h"
#include "userland/shell/expand.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int spawn(struct shell *shell, const char *path, j6_handle_t area, const char *const *argv,
                 bool all_variables, const struct rows *rows, j6_handle_t *out_process)
{
    char name[j6_name_size] = {0};
    const char **environment =
        variables_environment(&shell->variables, &shell->arena, all_variables);
    strncat(name, base_name(argv[0]), sizeof(name) - 1);
    j6_status_t status =
        j6_spawn(area, name, argv, environment, rows->at, rows->count, out_process);
    if (status == j6_status_ok) {
        return status_ok;
    }
    complain(shell, "%s: %s\n", path,
             status == j6_err_invalid_arg ? "that isn't a program that can run"
                                          : j6_status_text(status));
    return status_not_run;
}

/* `sh` with those arguments behind its name. What is a part of this one's script gets all variables. */
static int start_shell(struct shell *shell, const struct start *what, const char *const *argv,
                       struct started *out_started)
{
    struct rows rows = {.count = 0};
    struct program program;
    struct started started = {0};
    int result = program_find(shell, "sh", &program);
    if (result != status_ok) {
        return result;
    }
    if (j6_event_create(0, &started.interrupt) != j6_status_ok) {
        started.interrupt = j6_handle_none; /* then it is killed as a program is */
    }
    rows_add_streams(&rows, what);
    rows_add_everything(shell, &rows, started.interrupt);
    result = spawn(shell, "sh", program.area, argv, what->argv == NULL, &rows, &started.process);
    j6_handle_close(program.area);
    rows_close(&rows);
    if (result == status_ok) {
        *out_started = started;
    } else if (started.interrupt != j6_handle_none) {
        j6_handle_close(started.interrupt);
    }
    return result;
}

/* Variables that no script can name tell it what $?, $$ and $! are. */
static void set_special(struct shell *shell, const char *name, uint64_t value)
{
    char number[24];
    snprintf(number, sizeof(number), "%" PRIu64, value);
    variables_set(&shell->variables, (struct slice){name, 1}, number);
}

/* sh -c TEXT $0 $1 … */
static int start_text(struct shell *shell, const struct start *what, struct started *out_started)
{
    struct arguments argv = {NULL, 0, 0};
    const char *first[] = {"sh", "-c", arena_copy(&shell->arena, what->text.bytes, what->text.len),
                           shell->name};
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        arguments_add(&shell->arena, &argv, first[i]);
    }
    for (const char *const *argument = shell->arguments; *argument != NULL; argument++) {
        arguments_add(&shell->arena, &argv, *argument);
    }
    set_special(shell, "?", (uint64_t)shell->status);
    set_special(shell, "$", shell->number);
    set_special(shell, "!", shell->last_background);
    int result = start_shell(shell, what, argv.at, out_started);
    variables_unset(&shell->variables, (struct slice){"?", 1});
    variables_unset(&shell->variables, (struct slice){"$", 1});
    variables_unset(&shell->variables, (struct slice){"!", 1});
    return result;
}

static int start_script(struct shell *shell, const struct start *what, const char *path,
                        struct started *out_started)
{
    struct arguments argv = {NULL, 0, 0};
    arguments_add(&shell->arena, &argv, "sh");
    arguments_add(&shell->arena, &argv, path);
    for (const char *const *argument = what->argv + 1; *argument != NULL; argument++) {
        arguments_add(&shell->arena, &argv, *argument);
    }
    return start_shell(shell, what, argv.at, out_started);
}

static int start_program(struct shell *shell, const struct start *what,
                         const struct program *program, struct started *out_started)
{
    struct rows rows = {.count = 0};
    rows_add_streams(&rows, what);
    if (!rows_add_granted(shell, &rows, program->of_bin ? known_command(what->argv[0]) : NULL)) {
        return status_not_run;
    }
    rows_add_roles(&rows, shell->roles);
    *out_started = (struct started){0};
    int result =
        spawn(shell, program->path, program->area, what->argv, false, &rows, &out_started->process);
    rows_close(&rows);
    return result;
}

int start(struct shell *shell, const struct start *what, struct started *out_started)
{
    if (what->argv == NULL) {
        return start_text(shell, what, out_started);
    }
    if (strcmp(what->argv[0], "sh") == 0) {
        return start_shell(shell, what, what->argv, out_started);
    }
    struct program program;
    int result = program_find(shell, what->argv[0], &program);
    if (result != status_ok) {
        return result;
    }
    result = program.is_script ? start_script(shell, what, program.path, out_started)
                               : start_program(shell, what, &program, out_started);
    j6_handle_close(program.area);
    return result;
}
