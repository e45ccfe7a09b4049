/* SPDX-License-Identifier: MIT */
/* Opening what is in the tree. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>

static const struct {
    int linux_flag;
    uint64_t flag;
} flag_table[] = {
    {O_CREAT, files_open_create},       {O_EXCL, files_open_exclusive},
    {O_TRUNC, files_open_truncate},     {O_DIRECTORY, files_open_directory},
    {O_NOFOLLOW, files_open_no_follow},
};

/* What cuts a file off needs to write, whatever the descriptor is for. O_APPEND may change, and stays here. */
static uint64_t flags_of(int flags)
{
    uint64_t result = 0;
    int access = flags & O_ACCMODE;
    result |= access != O_WRONLY ? files_open_read : 0;
    result |= access != O_RDONLY || (flags & O_TRUNC) ? files_open_write : 0;
    for (size_t i = 0; i < sizeof(flag_table) / sizeof(flag_table[0]); i++) {
        result |= flags & flag_table[i].linux_flag ? flag_table[i].flag : 0;
    }
    return flags & O_CREAT ? result : result & ~(uint64_t)files_open_exclusive;
}

uint64_t tree_mode(unsigned mode)
{
    return (mode & 0200 ? files_mode_write : 0) | (mode & 0100 ? files_mode_exec : 0);
}

/* Takes the handle. */
static int64_t descriptor_for(j6_handle_t handle, const struct files_stat *stat, int flags)
{
    const uint32_t kept = O_ACCMODE | O_APPEND | O_NONBLOCK;
    const struct file_kind *kind =
        stat->type == files_type_directory ? &directory_kind : &stored_file_kind;
    struct file *file = file_new(kind, handle, (uint32_t)flags & kept);
    if (file == NULL) {
        j6_handle_close(handle);
        return -ENOMEM;
    }
    int64_t descriptor = descriptor_open(file, 0, flags & O_CLOEXEC);
    if (descriptor < 0) {
        file_put(file);
    }
    return descriptor;
}

int64_t linux_openat(int directory, user_ptr_t path, int flags, unsigned mode)
{
    struct place place;
    struct files_stat stat;
    j6_handle_t handle;
    if ((flags & O_ACCMODE) == O_ACCMODE || (flags & O_TMPFILE) == O_TMPFILE) {
        return (flags & O_ACCMODE) == O_ACCMODE ? -EINVAL : -EOPNOTSUPP;
    }
    place_begin(&place, directory, path, false);
    while (place_ask(&place)) {
        place.status =
            files_open(place.at, place.path, flags_of(flags), tree_mode(mode), &stat, &handle);
    }
    int64_t error = place_end(&place, flags & O_NOFOLLOW ? -ELOOP : -EISDIR);
    if (error != 0) {
        return error == -ENOSPC && !(flags & O_CREAT) ? -ENFILE : error;
    }
    if (stat.type == files_type_directory && (flags & O_CREAT)) {
        j6_handle_close(handle);
        return -EISDIR;
    }
    return descriptor_for(handle, &stat, flags);
}

int64_t linux_open(user_ptr_t path, int flags, unsigned mode)
{
    return linux_openat(AT_FDCWD, path, flags, mode);
}

int64_t linux_creat(user_ptr_t path, unsigned mode)
{
    return linux_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
