/* SPDX-License-Identifier: MIT */
/* Starts programs; scripts, and text that is to run beside the shell, as another shell. */
#include "userland/shell/start.h"
#include "userland/shell/expand.h"
#include <stdio.h>
#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int spawn(struct shell *shell, const char *path, j6_handle_t area, const char *const *argv,
                 bool is_shell, struct rows *rows, j6_handle_t *out_process)
{
    char name[j6_name_size] = {0};
    const char **environment = variables_environment(&shell->variables, &shell->arena, is_shell);
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

/* `sh` with those arguments behind its name. */
static int start_shell(struct shell *shell, const struct start *what, const char *const *argv,
                       j6_handle_t *out_process)
{
    struct rows rows = {.count = 0};
    struct program program;
    int result = program_find(shell, "sh", &program);
    if (result != status_ok) {
        return result;
    }
    rows_add_streams(&rows, what);
    rows_add_everything(shell, &rows);
    result = spawn(shell, "sh", program.area, argv, true, &rows, out_process);
    j6_handle_close(program.area);
    rows_close(&rows);
    return result;
}

/* sh -c TEXT $0 $1 …; what $? is goes along as a variable that no script can name. */
static int start_text(struct shell *shell, const struct start *what, j6_handle_t *out_process)
{
    char number[16];
    struct arguments argv = {NULL, 0, 0};
    struct slice status = {"?", 1};
    const char *first[] = {"sh", "-c", arena_copy(&shell->arena, what->text.bytes, what->text.len),
                           shell->name};
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        arguments_add(&shell->arena, &argv, first[i]);
    }
    for (const char *const *argument = shell->arguments; *argument != NULL; argument++) {
        arguments_add(&shell->arena, &argv, *argument);
    }
    snprintf(number, sizeof(number), "%d", shell->status);
    variables_set(&shell->variables, status, number);
    int result = start_shell(shell, what, argv.at, out_process);
    variables_unset(&shell->variables, status);
    return result;
}

static int start_script(struct shell *shell, const struct start *what, const char *path,
                        j6_handle_t *out_process)
{
    struct arguments argv = {NULL, 0, 0};
    arguments_add(&shell->arena, &argv, "sh");
    arguments_add(&shell->arena, &argv, path);
    for (const char *const *argument = what->argv + 1; *argument != NULL; argument++) {
        arguments_add(&shell->arena, &argv, *argument);
    }
    return start_shell(shell, what, argv.at, out_process);
}

static int start_program(struct shell *shell, const struct start *what,
                         const struct program *program, j6_handle_t *out_process)
{
    struct rows rows = {.count = 0};
    rows_add_streams(&rows, what);
    rows_add_granted(shell, &rows, program->of_bin ? known_command(what->argv[0]) : NULL);
    rows_add_roles(&rows, shell->roles);
    int result = spawn(shell, program->path, program->area, what->argv, false, &rows, out_process);
    rows_close(&rows);
    return result;
}

int start(struct shell *shell, const struct start *what, j6_handle_t *out_process)
{
    if (what->argv == NULL) {
        return start_text(shell, what, out_process);
    }
    if (strcmp(what->argv[0], "sh") == 0) {
        return start_shell(shell, what, what->argv, out_process);
    }
    struct program program;
    int result = program_find(shell, what->argv[0], &program);
    if (result != status_ok) {
        return result;
    }
    result = program.is_script ? start_script(shell, what, program.path, out_process)
                               : start_program(shell, what, &program, out_process);
    j6_handle_close(program.area);
    return result;
}
