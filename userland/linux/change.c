/* SPDX-License-Identifier: MIT */
/* Changing the tree: each call is one request of the file service's. */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/time.h>

/* In place of a number of nanoseconds: as utimensat(2) has them. */
enum { UTIME_NOW = (1 << 30) - 1, UTIME_OMIT = (1 << 30) - 2 };

int64_t linux_mkdirat(int directory, user_ptr_t path, unsigned mode)
{
    struct place place;
    (void)mode;
    int64_t error = place_get(directory, path, false, &place);
    if (error != 0) {
        return error;
    }
    j6_status_t status = files_make_directory(place.at, place.path);
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
    if (flags & ~AT_REMOVEDIR) {
        return -EINVAL;
    }
    int64_t error = place_get(directory, path, false, &place);
    if (error != 0) {
        return error;
    }
    j6_status_t status =
        files_remove(place.at, place.path, flags != 0 ? files_remove_directory : 0);
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

/* Both paths count from one directory: one that begins at another's descriptor must be the same one. */
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
        bool together = source.at == target.at || target.path[0] == '/';
        error = together ? tree_error(files_rename(source.at, source.path, target.path,
                                                   flags != 0 ? files_rename_keep : 0),
                                      -EISDIR)
                         : -EXDEV;
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
    struct place text; /* of the target nothing but its path counts */
    struct place place;
    int64_t error = place_get(directory, path, false, &place);
    if (error != 0) {
        return error;
    }
    error = place_get(AT_FDCWD, target, false, &text);
    if (error == 0) {
        error = tree_error(files_make_link(place.at, text.path, place.path), -EIO);
        place_put(&text);
    }
    place_put(&place);
    return error;
}

int64_t linux_symlink(user_ptr_t target, user_ptr_t path)
{
    return linux_symlinkat(target, AT_FDCWD, path);
}

static int64_t resize(j6_handle_t at, const char *path, int64_t size)
{
    j6_status_t status = files_truncate(at, path, (uint64_t)size);
    return status == j6_err_out_of_range ? -EFBIG : tree_error(status, -EISDIR);
}

int64_t linux_truncate(user_ptr_t path, int64_t size)
{
    struct place place;
    int64_t error = size < 0 ? -EINVAL : place_get(AT_FDCWD, path, false, &place);
    if (error == 0) {
        error = resize(place.at, place.path, size);
        place_put(&place);
    }
    return error;
}

int64_t linux_ftruncate(int descriptor, int64_t size)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = -EINVAL;
    if (file->kind == &stored_file_kind && size >= 0) {
        result = resize(file->handle, "", size);
    }
    file_put(file);
    return result == -EACCES ? -EINVAL : result;
}

static int64_t set_mode(j6_handle_t at, const char *path, unsigned mode)
{
    uint64_t own = (mode & 0200 ? files_mode_write : 0) | (mode & 0100 ? files_mode_exec : 0);
    return tree_error(files_set_mode(at, path, own), -EIO);
}

int64_t linux_fchmodat(int directory, user_ptr_t path, unsigned mode)
{
    struct place place;
    int64_t error = place_get(directory, path, false, &place);
    if (error == 0) {
        error = set_mode(place.at, place.path, mode);
        place_put(&place);
    }
    return error;
}

int64_t linux_fchmod(int descriptor, unsigned mode)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = -EINVAL;
    if (file->kind == &stored_file_kind || file->kind == &directory_kind) {
        result = set_mode(file->handle, "", mode);
    }
    file_put(file);
    return result;
}

int64_t linux_chmod(user_ptr_t path, unsigned mode)
{
    return linux_fchmodat(AT_FDCWD, path, mode);
}

/* The second of two times; without them, now. */
static int64_t read_modified(user_ptr_t times, uint64_t *out_ns, bool *out_omit)
{
    struct timespec time = {.tv_nsec = UTIME_NOW};
    int64_t error =
        times != 0 ? user_read(&time, times + sizeof(struct timespec), sizeof(time)) : 0;
    *out_omit = error == 0 && time.tv_nsec == UTIME_OMIT;
    if (error != 0 || *out_omit) {
        return error;
    }
    return time.tv_nsec == UTIME_NOW ? clock_read(CLOCK_REALTIME, out_ns)
                                     : time_read(times + sizeof(struct timespec), out_ns);
}

int64_t linux_utimensat(int directory, user_ptr_t path, user_ptr_t times, int flags)
{
    struct place place;
    uint64_t modified = 0;
    bool omit;
    int64_t error = read_modified(times, &modified, &omit);
    if (error != 0 || omit) {
        return error;
    }
    if (path == 0) {
        struct file *file = descriptor_file(directory);
        if (file == NULL) {
            return -EBADF;
        }
        error = tree_error(files_set_modified(file->handle, "", 0, modified), -EIO);
        file_put(file);
        return error;
    }
    error = place_get(directory, path, flags & AT_EMPTY_PATH, &place);
    if (error == 0) {
        uint64_t follow = flags & AT_SYMLINK_NOFOLLOW ? files_no_follow : 0;
        error = tree_error(files_set_modified(place.at, place.path, follow, modified), -EIO);
        place_put(&place);
    }
    return error;
}

/* What the service has, it has. */
int64_t linux_fsync(int descriptor)
{
    return descriptor_is_open(descriptor) ? 0 : -EBADF;
}

int64_t linux_fdatasync(int descriptor)
{
    return linux_fsync(descriptor);
}
