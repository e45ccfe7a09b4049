/* SPDX-License-Identifier: MIT */
/* Where the shell is in the tree of files, and files that it reads itself. */
#pragma once
#include "userland/shell/shell.h"
#include <proto/files.h>

/* Takes the files that the shell was given, and goes there. */
void files_begin(struct shell *shell, const char *path);

/* Finds the file service again after it has gone. False: there is none to be found. */
bool files_again(struct shell *shell);

/* As files_open and files_stat, also when the service has died and come back. */
j6_status_t open_file(struct shell *shell, const char *path, uint64_t flags,
                      struct files_stat *out_stat, j6_handle_t *out_file);
j6_status_t look_at_file(struct shell *shell, const char *path, struct files_stat *out_stat);

/* A file's bytes, for who reads it all. False: said why. */
bool file_text(struct shell *shell, const char *path, struct text *out_text);

/* What a status of the file service means to people. */
const char *file_status_text(j6_status_t status);
