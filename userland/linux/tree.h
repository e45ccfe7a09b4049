/* SPDX-License-Identifier: MIT */
/*
 * The tree of files, as the file service has it (<proto/files.h>); the handle with the role `files` is its top.
 * Where there is none, nothing is found.
 */
#pragma once
#include "userland/linux/file.h"
#include <proto/files.h>

/* Opens the working directory: that with the role `directory`, else the top. */
void tree_init(void);

/* What the program means by a descriptor of a directory (or AT_FDCWD) and a path. */
struct place {
    struct file *directory;
    j6_handle_t at;
    char path[files_path_max + 1];
};

/*
 * Reads a path. An empty one is the descriptor's own file with `empty_ok`, else ENOENT. Whoever gets a place
 * gives it back by place_put.
 */
J6_MUST_USE int64_t place_get(int descriptor, user_ptr_t path, bool empty_ok,
                              struct place *out_place);
void place_put(struct place *place);

/* What the service says; `bad_state` is a different thing for each call. */
int64_t tree_error(j6_status_t status, int64_t bad_state);

/* As fstat tells it. */
void tree_stat(const struct files_stat *from, struct stat *to);

/* An area with the file's bytes (files_map); -EACCES, -ENODEV: it isn't a file of the tree. */
J6_MUST_USE int64_t tree_map(struct file *file, uint64_t flags, uint64_t *out_size,
                             j6_handle_t *out_area);
