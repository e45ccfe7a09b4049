/* SPDX-License-Identifier: MIT */
/* Looking at the tree, without opening what is there. */
#include "lib/string.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <asm/stat.h>
#include <linux/fcntl.h>

static int64_t find(int directory, user_ptr_t path, int flags, struct files_stat *out_stat)
{
    struct place place;
    uint64_t follow = flags & AT_SYMLINK_NOFOLLOW ? files_no_follow : 0;
    place_begin(&place, directory, path, flags & AT_EMPTY_PATH);
    while (place_ask(&place)) {
        place.status = files_stat(place.at, place.path, follow, out_stat);
    }
    return place_end(&place, -EIO);
}

int64_t linux_newfstatat(int directory, user_ptr_t path, user_ptr_t stat, int flags)
{
    char first;
    struct files_stat found;
    struct stat all;
    if ((flags & AT_EMPTY_PATH) && directory != AT_FDCWD && user_read(&first, path, 1) == 0 &&
        first == '\0') {
        return linux_fstat(directory, stat);
    }
    int64_t error = find(directory, path, flags, &found);
    if (error != 0) {
        return error;
    }
    tree_stat(&found, &all);
    return user_write(stat, &all, sizeof(all));
}

int64_t linux_stat(user_ptr_t path, user_ptr_t stat)
{
    return linux_newfstatat(AT_FDCWD, path, stat, 0);
}

int64_t linux_lstat(user_ptr_t path, user_ptr_t stat)
{
    return linux_newfstatat(AT_FDCWD, path, stat, AT_SYMLINK_NOFOLLOW);
}

/* R_OK 4, W_OK 2, X_OK 1: what may be read is never in question. */
int64_t linux_faccessat(int directory, user_ptr_t path, unsigned wanted)
{
    enum { MAY_WRITE = 2, MAY_EXECUTE = 1, MAY_ALL = 7 };
    struct files_stat stat;
    if (wanted & ~(unsigned)MAY_ALL) {
        return -EINVAL;
    }
    int64_t error = find(directory, path, 0, &stat);
    if (error != 0 || stat.type == files_type_directory) {
        return error;
    }
    bool denied = ((wanted & MAY_WRITE) && !(stat.mode & files_mode_write)) ||
                  ((wanted & MAY_EXECUTE) && !(stat.mode & files_mode_exec));
    return denied ? -EACCES : 0;
}

int64_t linux_access(user_ptr_t path, unsigned wanted)
{
    return linux_faccessat(AT_FDCWD, path, wanted);
}

int64_t linux_readlinkat(int directory, user_ptr_t path, user_ptr_t buf, int64_t size)
{
    struct place place;
    size_t len = 0;
    if ((int)size <= 0) {
        return -EINVAL;
    }
    place_begin(&place, directory, path, false);
    while (place_ask(&place)) {
        place.status = files_read_link(place.at, place.path, strlen(place.path), &len);
    }
    int64_t error = place_end(&place, -EINVAL);
    if (error != 0) {
        return error;
    }
    len = len < (size_t)(int)size ? len : (size_t)(int)size;
    error = user_write(buf, place.path, len);
    return error != 0 ? error : (int64_t)len;
}

int64_t linux_readlink(user_ptr_t path, user_ptr_t buf, int64_t size)
{
    return linux_readlinkat(AT_FDCWD, path, buf, size);
}
