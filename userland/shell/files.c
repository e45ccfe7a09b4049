/* SPDX-License-Identifier: MIT */
/* Where the shell is in the tree of files, and what files say. */
#include "userland/shell/files.h"
#include "userland/shell/builtin.h"
#include <proto/names.h>
#include <string.h>

const char *file_status_text(j6_status_t status)
{
    switch (status) {
    case j6_err_not_found: return "there is no such file or directory";
    case j6_err_wrong_type: return "that isn't a directory";
    case j6_err_bad_state: return "that is a directory";
    case j6_err_denied: return "not allowed";
    case j6_err_out_of_range: return "the name is too long";
    case j6_err_quota:
    case j6_err_no_memory: return "there is no room";
    case j6_status_closed: return "the file service has gone";
    case j6_status_exists: return "that is there already";
    case j6_err_bad_handle: return "there are no files";
    default: return j6_status_text(status);
    }
}

/* The path as text: `..` takes a name off, also where that was a link. */
static char *join(const char *base, const char *path)
{
    struct text text = {NULL, 0, 0};
    text_add_string(&text, path[0] == '/' ? "" : base);
    if (text.len == 1) {
        text_clear(&text);
    }
    while (*path != '\0') {
        size_t len = strcspn(path, "/");
        if (len == 2 && memcmp(path, "..", 2) == 0) {
            const char *slash = strrchr(text_string(&text), '/');
            size_t kept = slash != NULL ? (size_t)(slash - text.bytes) : 0;
            text_cut(&text, kept, text.len - kept);
        } else if (len != 0 && !(len == 1 && path[0] == '.')) {
            text_add_char(&text, '/');
            text_add(&text, path, len);
        }
        path += len + (path[len] == '/');
    }
    if (text.len == 0) {
        text_add_char(&text, '/');
    }
    return text.bytes;
}

static j6_status_t go(struct shell *shell, const char *path)
{
    struct files_stat stat;
    j6_handle_t handle;
    char *joined = join(shell->path, path);
    j6_status_t status =
        files_open(shell->files, joined, files_open_read | files_open_directory, 0, &stat, &handle);
    if (status != j6_status_ok) {
        memory_give(joined);
        return status;
    }
    if (shell->directory != j6_handle_none) {
        j6_handle_close(shell->directory);
    }
    memory_give(shell->path);
    shell->directory = handle;
    shell->path = joined;
    struct slice name = {"PWD", 3};
    variables_set(&shell->variables, name, joined);
    variables_export(&shell->variables, name, true);
    return j6_status_ok;
}

/* A program that only reads gets a client of its own; where none can be had, it gets no files. */
static void open_reader(struct shell *shell)
{
    if (files_client(shell->files, "", files_client_read_only, files_no_limit, 0, &shell->reader) !=
        j6_status_ok) {
        shell->reader = j6_handle_none;
    }
}

static void load_layer(struct shell *shell)
{
    struct files_map_answer answer;
    j6_handle_t layer;
    if (j6_find("linux") == j6_handle_none &&
        files_map(shell->files, "/lib/linux", 0, &answer, &layer) == j6_status_ok) {
        j6_layer_set(layer);
    }
}

void files_begin(struct shell *shell, const char *path)
{
    shell->path = memory_copy("/");
    shell->files = j6_find("files");
    if (shell->files == j6_handle_none && !files_again(shell)) {
        return;
    }
    open_reader(shell);
    load_layer(shell);
    if (go(shell, path != NULL ? path : "/") != j6_status_ok) {
        j6_status_t status = go(shell, "/");
        (void)status; /* then each command says that there are no files */
    }
}

/* A service that is started again is there before long. */
static const j6_time_t time_to_start = 5000000000;

bool files_again(struct shell *shell)
{
    j6_time_t now = 0;
    j6_handle_t service, client;
    j6_handle_t names = j6_find("names");
    j6_clock(&now);
    if (names == j6_handle_none ||
        names_wait(names, "files", now + time_to_start, &service) != j6_status_ok) {
        return false;
    }
    j6_status_t status = files_client(service, "", 0, files_no_limit, files_no_limit, &client);
    j6_handle_close(service);
    if (status != j6_status_ok) {
        return false;
    }
    if (shell->files != j6_handle_none) {
        j6_handle_close(shell->files);
    }
    shell->files = client;
    if (shell->reader != j6_handle_none) {
        j6_handle_close(shell->reader);
    }
    open_reader(shell);
    if (go(shell, shell->path) != j6_status_ok && go(shell, "/") != j6_status_ok) {
        return false;
    }
    return true;
}

j6_status_t open_file(struct shell *shell, const char *path, uint64_t flags,
                      struct files_stat *out_stat, j6_handle_t *out_file)
{
    j6_status_t status =
        files_open(shell->directory, path, flags, files_mode_write, out_stat, out_file);
    bool again = status == j6_status_closed && files_again(shell);
    return again ? files_open(shell->directory, path, flags, files_mode_write, out_stat, out_file)
                 : status;
}

j6_status_t look_at_file(struct shell *shell, const char *path, struct files_stat *out_stat)
{
    j6_status_t status = files_stat(shell->directory, path, 0, out_stat);
    bool again = status == j6_status_closed && files_again(shell);
    return again ? files_stat(shell->directory, path, 0, out_stat) : status;
}

bool file_text(struct shell *shell, const char *path, struct text *out_text)
{
    enum { PIECE = 4096 };
    struct files_stat stat;
    j6_handle_t file;
    j6_status_t status = open_file(shell, path, files_open_read, &stat, &file);
    if (status != j6_status_ok) {
        complain(shell, "%s: %s\n", path, file_status_text(status));
        return false;
    }
    char *buf = memory_take(NULL, PIECE);
    size_t len = 1;
    while (status == j6_status_ok && len != 0) {
        len = 0;
        status = files_read(file, out_text->len, buf, PIECE, &len);
        text_add(out_text, buf, status == j6_status_ok ? len : 0);
    }
    memory_give(buf);
    j6_handle_close(file);
    if (status != j6_status_ok) {
        complain(shell, "%s: %s\n", path, file_status_text(status));
    }
    return status == j6_status_ok;
}

int builtin_cd(struct shell *shell, const char *const *argv)
{
    if (argument_count(argv) > 2) {
        return usage(shell, argv[0]);
    }
    const char *path = argv[1] != NULL ? argv[1] : "/";
    j6_status_t status = go(shell, path);
    if (status == j6_status_closed && files_again(shell)) {
        status = go(shell, path);
    }
    if (status != j6_status_ok) {
        complain(shell, "cd: %s: %s\n", path, file_status_text(status));
        return status_failed;
    }
    return status_ok;
}

int builtin_pwd(struct shell *shell, const char *const *argv)
{
    (void)argv;
    say(shell, "%s\n", shell->path);
    return status_ok;
}
