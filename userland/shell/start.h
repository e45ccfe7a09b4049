/* SPDX-License-Identifier: MIT */
/* Starting programs: which file it is, which handles it gets, and the process itself. */
#pragma once
#include "userland/shell/grants.h"
#include "userland/shell/shell.h"

/* What is to be started: the program that argv[0] names, or, with `text`, a shell that runs it. */
struct start {
    const char *const *argv;
    struct slice text;
    struct streams streams;
    j6_handle_t terminal; /* its job there, or 0 */
};

struct started {
    j6_handle_t process;
    j6_handle_t
        interrupt; /* of a shell: an event that ends what it does, by terminal_interrupt; else 0 */
};

/* Else says why, and returns the status of such a command. */
int start(struct shell *shell, const struct start *what, struct started *out_started);

/* ---- program.c: files of programs ---------------------------------------------------------------- */

struct program {
    char *path;
    bool of_bin; /* found there by its bare name */
    bool is_script;
    j6_handle_t area; /* the owner closes it */
};

/* Finds what a command's first word names. Else says why not, and returns the status of such a command. */
int program_find(struct shell *shell, const char *name, struct program *out_program);

/* ---- start_rows.c: what a program is given ------------------------------------------------------- */

struct rows {
    struct j6_spawn_row at[j6_spawn_rows_max];
    size_t count;
    j6_handle_t made[4]; /* for this program alone: closed when it has its own */
    size_t made_count;
};

/* Its streams, and its job at the terminal. */
void rows_add_streams(struct rows *rows, const struct start *what);

/* For a command that the shell knows, what its row says; for others (NULL), the files. False: said why not. */
bool rows_add_granted(struct shell *shell, struct rows *rows, const struct known_command *known);

/* Handles of the shell's start table with the roles that `with` has named, separated by commas; NULL: none. */
void rows_add_roles(struct rows *rows, const char *roles);

/* For another shell: all that was given to this one, in the state that it has now, but an event of its own. */
void rows_add_everything(struct shell *shell, struct rows *rows, j6_handle_t interrupt);

/* Closes those that were made for it. */
void rows_close(struct rows *rows);
