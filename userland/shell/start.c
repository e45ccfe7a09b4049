/* SPDX-License-Identifier: MIT */
/*
 * Starts programs. A program gets its streams, its job at the terminal, and the files: the tree as the shell has
 * it, with the shell's directory as its own. A command of bin that the shell knows (grants.h) gets no more than its
 * row says. `with` adds handles of the shell's own by their roles. Another shell gets all that this one has.
 */
#include "userland/shell/grants.h"
#include "userland/shell/shell.h"
#include <proto/files.h>
#include <proto/terminal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const roles_of_streams[] = {"stdin", "stdout", "stderr"};

struct rows {
    struct j6_spawn_row at[j6_spawn_rows_max];
    size_t count;
    j6_handle_t made[4]; /* for this program alone: closed when it has its own */
    size_t made_count;
};

/* What may be handed on of a handle, with all rights or those alone. */
static void add_row(struct rows *rows, const char *role, j6_handle_t handle, uint64_t rights)
{
    const uint64_t needed = j6_right_duplicate | j6_right_transfer;
    bool can_go = handle != j6_handle_none && (j6_handle_rights(handle) & needed) == needed;
    if (can_go && rows->count < j6_spawn_rows_max) {
        rows->at[rows->count++] =
            (struct j6_spawn_row){role, handle, j6_handle_rights(handle) & rights};
    }
}

static void add_streams(struct rows *rows, const struct start *what)
{
    const uint64_t both = j6_right_duplicate | j6_right_transfer | j6_right_wait;
    for (unsigned i = 0; i < 3; i++) {
        j6_handle_t handle = what->streams.at[i].handle;
        bool channel = j6_handle_type(handle) == j6_type_channel;
        uint64_t one_way = both | (i == 0 ? j6_right_channel_receive : j6_right_channel_send);
        add_row(rows, roles_of_streams[i], handle, channel ? one_way : ~0ull);
    }
    add_row(rows, "terminal", what->terminal, ~0ull);
}

static void add_files(struct shell *shell, struct rows *rows, bool read_only)
{
    j6_handle_t directory = j6_handle_none;
    if (!read_only) {
        add_row(rows, "files", shell->files, ~0ull);
        add_row(rows, "directory", shell->directory, ~0ull);
        return;
    }
    struct files_stat stat;
    add_row(rows, "files", shell->reader, ~0ull);
    if (shell->reader != j6_handle_none &&
        files_open(shell->reader, shell->path, files_open_read | files_open_directory, 0, &stat,
                   &directory) == j6_status_ok) {
        add_row(rows, "directory", directory, ~0ull);
        rows->made[rows->made_count++] = directory;
    }
}

/* Handles of the shell's start table with the roles that `with` named, separated by commas. */
static void add_roles(struct rows *rows, const char *roles)
{
    size_t count;
    const struct j6_start_handle *table = j6_start_rows(&count);
    for (size_t i = 0; i < count; i++) {
        size_t len = strnlen(table[i].role, sizeof(table[i].role));
        for (const char *at = roles; at != NULL; at = strchr(at, ',')) {
            at += *at == ',';
            if (table[i].kind == j6_start_other && strcspn(at, ",") == len &&
                memcmp(at, table[i].role, len) == 0) {
                add_row(rows, table[i].role, table[i].handle, ~0ull);
            }
        }
    }
}

/* Another shell: all that was given to this one, in the state that it has now. */
static void add_everything(struct shell *shell, struct rows *rows)
{
    static const char *const others[] = {"stdin",     "stdout",   "stderr",   "files",
                                         "directory", "terminal", "interrupt"};
    size_t count;
    const struct j6_start_handle *table = j6_start_rows(&count);
    add_files(shell, rows, false);
    add_row(rows, "interrupt", shell->terminal.interrupt, ~j6_right_signal);
    for (size_t i = 0; i < count; i++) {
        bool wanted = table[i].kind == j6_start_other;
        for (size_t n = 0; n < sizeof(others) / sizeof(others[0]); n++) {
            wanted = wanted && strncmp(table[i].role, others[n], sizeof(table[i].role)) != 0;
        }
        if (wanted) {
            add_row(rows, table[i].role, table[i].handle, ~0ull);
        }
    }
}

static void add_granted(struct shell *shell, struct rows *rows, const struct known_command *known)
{
    switch (known != NULL ? known->grant : grant_writes) {
    case grant_none: break;
    case grant_reads: add_files(shell, rows, true); break;
    case grant_writes: add_files(shell, rows, false); break;
    case grant_info: add_row(rows, "system", shell->info, ~0ull); break;
    case grant_log: add_row(rows, "system", shell->log, ~0ull); break;
    }
}

/* ---- finding programs ---------------------------------------------------------------------------- */

struct program {
    char *path;
    bool of_bin; /* found there by its bare name */
    bool is_script;
    j6_handle_t area;
};

static j6_status_t map(struct shell *shell, const char *path, j6_handle_t *out_area)
{
    struct files_map_answer answer;
    return shell->directory != j6_handle_none
               ? files_map(shell->directory, path, files_map_exec, &answer, out_area)
               : j6_err_not_found;
}

static j6_status_t find(struct shell *shell, const char *name, struct program *program)
{
    program->of_bin = strchr(name, '/') == NULL;
    struct text path = {NULL, 0, 0};
    text_format(&path, program->of_bin ? "/bin/%s" : "%s", name);
    program->path = arena_copy(&shell->arena, path.bytes, path.len);
    text_free(&path);
    j6_status_t status = map(shell, program->path, &program->area);
    if (status == j6_status_closed && files_again(shell)) {
        status = map(shell, program->path, &program->area);
    }
    if (status != j6_status_ok) {
        return status;
    }
    char head[4];
    uint64_t len = sizeof(head);
    status = j6_vma_read(program->area, 0, head, &len);
    program->is_script = status == j6_status_ok && memcmp(head, "\177ELF", sizeof(head)) != 0;
    return status;
}

static int find_failed(struct shell *shell, const char *name, j6_status_t status)
{
    if (status == j6_err_not_found && strchr(name, '/') == NULL) {
        complain(shell, "%s: there is no such command (try `help`)\n", name);
        return status_not_found;
    }
    complain(shell, "%s: %s\n", name,
             status == j6_err_denied ? "that isn't a program" : file_status_text(status));
    return status == j6_err_not_found ? status_not_found : status_not_run;
}

/* ---- starting ------------------------------------------------------------------------------------ */

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

static void close_made(struct rows *rows)
{
    for (size_t i = 0; i < rows->made_count; i++) {
        j6_handle_close(rows->made[i]);
    }
}

/* `sh` with those arguments behind its name. */
static int start_shell(struct shell *shell, const struct start *what, const char *const *argv,
                       j6_handle_t *out_process)
{
    struct rows rows = {.count = 0};
    struct program program = {.area = j6_handle_none};
    j6_status_t status = find(shell, "sh", &program);
    if (status != j6_status_ok) {
        return find_failed(shell, "sh", status);
    }
    add_streams(&rows, what);
    add_everything(shell, &rows);
    int result = spawn(shell, "sh", program.area, argv, true, &rows, out_process);
    j6_handle_close(program.area);
    close_made(&rows);
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
    add_streams(&rows, what);
    add_granted(shell, &rows, program->of_bin ? known_command(what->argv[0]) : NULL);
    add_roles(&rows, shell->roles);
    int result = spawn(shell, program->path, program->area, what->argv, false, &rows, out_process);
    close_made(&rows);
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
    struct program program = {.area = j6_handle_none};
    j6_status_t status = find(shell, what->argv[0], &program);
    if (status != j6_status_ok) {
        return find_failed(shell, what->argv[0], status);
    }
    int result = program.is_script ? start_script(shell, what, program.path, out_process)
                                   : start_program(shell, what, &program, out_process);
    j6_handle_close(program.area);
    return result;
}
