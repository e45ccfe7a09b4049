/* SPDX-License-Identifier: MIT */
/*
 * The handles of a program. Files are the tree as the shell has it, with the shell's directory as its own. A command of
 * bin that the shell knows (grants.h) gets no more than its row says.
 */
#include "userland/shell/files.h"
#include "userland/shell/start.h"
#include <string.h>

static const char *const roles_of_streams[] = {"stdin", "stdout", "stderr"};

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

void rows_add_streams(struct rows *rows, const struct start *what)
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

/* The shell's own client. */
static void add_all_files(struct shell *shell, struct rows *rows)
{
    add_row(rows, "files", shell->files, ~0ull);
    add_row(rows, "directory", shell->directory, ~0ull);
}

/* A client that only reads finds the directory by its path. Without one a command would look at / instead. */
static bool add_reader(struct shell *shell, struct rows *rows)
{
    struct files_stat stat;
    j6_handle_t directory;
    if (shell->reader == j6_handle_none) {
        return true;
    }
    j6_status_t status = files_open(shell->reader, shell->path,
                                    files_open_read | files_open_directory, 0, &stat, &directory);
    if (status != j6_status_ok) {
        complain(shell, "%s: %s\n", shell->path, file_status_text(status));
        return false;
    }
    add_row(rows, "files", shell->reader, ~0ull);
    add_row(rows, "directory", directory, ~0ull);
    rows->made[rows->made_count++] = directory;
    return true;
}

/* Handles of the shell's start table with the roles that `with` named, separated by commas. */
void rows_add_roles(struct rows *rows, const char *roles)
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
void rows_add_everything(struct shell *shell, struct rows *rows, j6_handle_t interrupt)
{
    static const char *const others[] = {"stdin",     "stdout",   "stderr",   "files",
                                         "directory", "terminal", "interrupt"};
    size_t count;
    const struct j6_start_handle *table = j6_start_rows(&count);
    add_all_files(shell, rows);
    add_row(rows, "interrupt", interrupt, ~j6_right_signal);
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

bool rows_add_granted(struct shell *shell, struct rows *rows, const struct known_command *known)
{
    switch (known != NULL ? known->grant : grant_writes) {
    case grant_none: break;
    case grant_reads: return add_reader(shell, rows);
    case grant_writes: add_all_files(shell, rows); break;
    case grant_info: add_row(rows, "system", shell->info, ~0ull); break;
    case grant_log: add_row(rows, "system", shell->log, ~0ull); break;
    }
    return true;
}

void rows_close(struct rows *rows)
{
    for (size_t i = 0; i < rows->made_count; i++) {
        j6_handle_close(rows->made[i]);
    }
}
