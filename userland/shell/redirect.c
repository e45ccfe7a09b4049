/* SPDX-License-Identifier: MIT */
/* < > >> >&: a file is opened by the shell, so the command needs no right to open it. */
#include "userland/shell/expand.h"
#include "userland/shell/files.h"
#include <string.h>

static uint64_t flags_of(enum redirect_kind kind)
{
    const uint64_t write = files_open_write | files_open_create | files_open_append;
    switch (kind) {
    case redirect_in: return files_open_read;
    case redirect_out: return write | files_open_truncate;
    default: return write;
    }
}

static bool open_target(struct shell *shell, const struct redirect *redirect, const char *path,
                        struct redirected *redirected)
{
    struct files_stat stat;
    j6_handle_t file;
    j6_status_t status = redirected->count == redirects_max
                             ? j6_err_quota
                             : open_file(shell, path, flags_of(redirect->kind), &stat, &file);
    if (status == j6_status_ok && stat.type == files_type_directory) {
        j6_handle_close(file);
        status = j6_err_bad_state;
    }
    if (status != j6_status_ok) {
        complain(shell, "%s: %s\n", path, file_status_text(status));
        return false;
    }
    redirected->opened[redirected->count++] = file;
    shell->streams.at[redirect->number] = (struct stream){file, 0, false};
    return true;
}

static bool apply(struct shell *shell, const struct redirect *redirect,
                  struct redirected *redirected)
{
    char error[expand_error_max];
    struct expand_source source = expand_source_of(shell);
    const char *target = expand_string(&shell->arena, &source, redirect->target.text, error);
    if (target == NULL) {
        complain(shell, "%s\n", error);
    }
    if (target == NULL || shell->interrupted) {
        return false;
    }
    if (redirect->kind != redirect_same) {
        return open_target(shell, redirect, target, redirected);
    }
    if (strlen(target) != 1 || target[0] < '1' || target[0] > '2') {
        complain(shell, ">&%s: only 1 and 2 can be written to\n", target);
        return false;
    }
    shell->streams.at[redirect->number] = shell->streams.at[target[0] - '0'];
    return true;
}

bool redirect_begin(struct shell *shell, const struct redirect *redirects,
                    struct redirected *redirected)
{
    redirected->before = shell->streams;
    redirected->count = 0;
    for (; redirects != NULL; redirects = redirects->next) {
        if (!apply(shell, redirects, redirected)) {
            redirect_end(shell, redirected);
            return false;
        }
    }
    return true;
}

void redirect_end(struct shell *shell, struct redirected *redirected)
{
    /* Who reads a stream from before goes on where this command has left it. */
    struct streams before = redirected->before;
    for (unsigned i = 0; i < 3; i++) {
        if (shell->streams.at[i].handle == before.at[i].handle) {
            before.at[i].offset = shell->streams.at[i].offset;
        }
    }
    shell->streams = before;
    for (size_t i = 0; i < redirected->count; i++) {
        j6_handle_close(redirected->opened[i]);
    }
}
