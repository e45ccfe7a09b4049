/* SPDX-License-Identifier: MIT */
/* Changing the tree: each call is one request of the file service's. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>

int64_t linux_mkdirat(int directory, user_ptr_t path, unsigned mode)
{
    struct place place;
    j6_status_t status;
    (void)mode;
    int64_t error = place_get(directory, path, false, &place);
    if (error != 0) {
        return error;
    }
    do {
        status = files_make_directory(place.at, place.path);
    } while (place_again(&place, &status));
    place_put(&place);
    return tree_error(status, -EIO);
}

int64_t linux_mkdir(user_ptr_t path, unsigned mode)
{
    return linux_mkdirat(AT_FDCWD, path, mode);
}

int64_t linux_unlinkat(int directory, user_ptr_t path, int flags)
{
    struct place place;
    j6_status_t status;
    uint64_t kind = flags != 0 ? files_remove_directory : 0;
    if (flags & ~AT_REMOVEDIR) {
        return -EINVAL;
    }
    int64_t error = place_get(directory, path, false, &place);
    if (error != 0) {
        return error;
    }
    do {
        status = files_remove(place.at, place.path, kind);
    } while (place_again(&place, &status));
    place_put(&place);
    return status == j6_status_exists ? -ENOTEMPTY
                                      : tree_error(status, flags != 0 ? -EBUSY : -EISDIR);
}

int64_t linux_unlink(user_ptr_t path)
{
    return linux_unlinkat(AT_FDCWD, path, 0);
}

int64_t linux_rmdir(user_ptr_t path)
{
    return linux_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

/* Absolute paths are the same everywhere; two others count from one directory. */
static int64_t move(struct place *source, struct place *target, uint64_t flags)
{
    j6_status_t status;
    bool is_absolute = source->path[0] == '/';
    struct place *from = is_absolute ? target : source;
    if (!is_absolute && target->path[0] != '/' && source->at != target->at) {
        return -EXDEV;
    }
    do {
        status = files_rename(from->at, source->path, target->path, flags);
    } while (place_again(from, &status));
    return tree_error(status, -EISDIR);
}

int64_t linux_renameat2(int from_directory, user_ptr_t from, int to_directory, user_ptr_t to,
                        unsigned flags)
{
    enum { NO_REPLACE = 1 };
    struct place source;
    struct place target;
    if (flags & ~(unsigned)NO_REPLACE) {
        return -EINVAL;
    }
    int64_t error = place_get(from_directory, from, false, &source);
    if (error != 0) {
        return error;
    }
    error = place_get(to_directory, to, false, &target);
    if (error == 0) {
        error = move(&source, &target, flags != 0 ? files_rename_keep : 0);
        place_put(&target);
    }
    place_put(&source);
    return error;
}

int64_t linux_renameat(int from_directory, user_ptr_t from, int to_directory, user_ptr_t to)
{
    return linux_renameat2(from_directory, from, to_directory, to, 0);
}

int64_t linux_rename(user_ptr_t from, user_ptr_t to)
{
    return linux_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int64_t linux_symlinkat(user_ptr_t target, int directory, user_ptr_t path)
{
    char text[files_path_max + 1];
    struct place place;
    j6_status_t status;
    int64_t error = tree_read_path(text, target);
    if (error == 0) {
        error = text[0] != '\0' ? place_get(directory, path, false, &place) : -ENOENT;
    }
    if (error != 0) {
        return error;
    }
    do {
        status = files_make_link(place.at, text, place.path);
    } while (place_again(&place, &status));
    place_put(&place);
    return tree_error(status, -EIO);
}

int64_t linux_symlink(user_ptr_t target, user_ptr_t path)
{
    return linux_symlinkat(target, AT_FDCWD, path);
}
