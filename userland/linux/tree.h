/* SPDX-License-Identifier: MIT */
/*
 * The tree of files, as the file service has it (<proto/files.h>); the handle with the role `files` is its top.
 * Where there is none, nothing is found.
 */
#pragma once
#include "userland/linux/file.h"
#include <proto/files.h>

/* Opens the working directory: that with the role `directory`, of which the environment tells the path, else the top. */
void tree_init(const char *const *environment);

/* What the program means by a descriptor of a directory (or AT_FDCWD) and a path, and what a request there says. */
struct place {
    struct file *directory; /* NULL: there is an error already */
    j6_handle_t at;
    int64_t error;
    j6_status_t status; /* of the request, as often as it is made */
    uint32_t asked;
    bool may_change;
    char path[files_path_max + 1];
};

/*
 * A call is a place, a request that is made as long as place_ask says so, and what it ends with:
 *
 *     place_begin(&place, directory, path, false);
 *     while (place_ask(&place)) {
 *         place.status = files_…(place.at, place.path, …);
 *     }
 *     return place_end(&place, -EIO);
 *
 * It is made once, and not at all after an error; a second time if the service has gone and there is another
 * one, unless the place is that of a descriptor. What the former service did went with it, so that holds for
 * any request.
 */

/* Reads a path. An empty one is the descriptor's own file with `empty_ok`, else ENOENT. */
void place_begin(struct place *place, int descriptor, user_ptr_t path, bool empty_ok);
bool place_ask(struct place *place);

/* The error, or that of the status; `bad_state` is a different thing for each call. The path stays. */
int64_t place_end(struct place *place, int64_t bad_state);

/* The same for a request at a handle. */
int64_t tree_error(j6_status_t status, int64_t bad_state);

/* A mode of Linux as one of the service. */
uint64_t tree_mode(unsigned mode);

/* As fstat tells it. */
void tree_stat(const struct files_stat *from, struct stat *to);

/* An area with the file's bytes (files_map); -EACCES, -ENODEV: it isn't a file of the tree. */
J6_MUST_USE int64_t tree_map(struct file *file, uint64_t flags, uint64_t *out_size,
                             j6_handle_t *out_area);

/* ---- for places --------------------------------------------------------------------------------- */

/* Where the path begins, top or working directory, with a reference; NULL: there is none. */
struct file *tree_directory(const char *path);

/* The same when the service of that one has gone. closed: there is no other service; not_found: there is none. */
J6_MUST_USE j6_status_t tree_directory_again(const struct file *gone, const char *path,
                                             struct file **out_next);

/* Reads a path of up to files_path_max bytes. */
J6_MUST_USE int64_t tree_read_path(char *path, user_ptr_t from);
