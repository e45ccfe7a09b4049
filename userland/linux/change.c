/* SPDX-License-Identifier: MIT */
/* Changing the tree: each call is one request of the file service's. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>

int64_t linux_mkdirat(int directory, user_ptr_t path, unsigned mode)
{
    struct place place;
    (void)mode;
    place_begin(&place, directory, path, false);
    while (place_ask(&place)) {
        place.status = files_make_directory(place.at, place.path);
    }
    return place_end(&place, -EIO);
}

int64_t linux_mkdir(user_ptr_t path, unsigned mode)
{
    return linux_mkdirat(AT_FDCWD, path, mode);
}

/* What a directory is in the way of that isn't empty. */
static int64_t not_empty(int64_t error)
{
    return error == -EEXIST ? -ENOTEMPTY : error;
}

int64_t linux_unlinkat(int directory, user_ptr_t path, int flags)
{
    struct place place;
    uint64_t kind = flags != 0 ? files_remove_directory : 0;
    if (flags & ~AT_REMOVEDIR) {
        return -EINVAL;
    }
    place_begin(&place, directory, path, false);
    while (place_ask(&place)) {
        place.status = files_remove(place.at, place.path, kind);
    }
    return not_empty(place_end(&place, -EISDIR));
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
static int64_t error_of_both(const struct place *from, const struct place *to)
{
    bool same = from->path[0] == '/' || to->path[0] == '/' || from->at == to->at;
    return from->error != 0 ? from->error : to->error != 0 ? to->error : same ? 0 : -EXDEV;
}

int64_t linux_renameat2(int from_directory, user_ptr_t from, int to_directory, user_ptr_t to,
                        unsigned flags)
{
    enum { NO_REPLACE = 1 };
    struct place source, target;
    if (flags & ~(unsigned)NO_REPLACE) {
        return -EINVAL;
    }
    place_begin(&source, from_directory, from, false);
    place_begin(&target, to_directory, to, false);
    bool is_absolute = source.path[0] == '/';
    struct place *place = is_absolute ? &target : &source;
    int64_t error = error_of_both(&source, &target);
    while (error == 0 && place_ask(place)) {
        place->status =
            files_rename(place->at, source.path, target.path, flags != 0 ? files_rename_keep : 0);
    }
    int64_t end = place_end(place, -EISDIR);
    (void)place_end(is_absolute ? &source : &target, 0);
    error = error != 0 ? error : end;
    return flags != 0 ? error : not_empty(error);
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
    int64_t error = tree_read_path(text, target);
    if (error != 0 || text[0] == '\0') {
        return error != 0 ? error : -ENOENT;
    }
    place_begin(&place, directory, path, false);
    while (place_ask(&place)) {
        place.status = files_make_link(place.at, text, place.path);
    }
    return place_end(&place, -EIO);
}

int64_t linux_symlink(user_ptr_t target, user_ptr_t path)
{
    return linux_symlinkat(target, AT_FDCWD, path);
}
