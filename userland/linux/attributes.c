/* SPDX-License-Identifier: MIT */
/* Changing what a file is: its size, its mode, its time. */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>
#include <linux/time.h>

/* In place of a number of nanoseconds: as utimensat(2) has them. */
enum { UTIME_NOW = (1 << 30) - 1, UTIME_OMIT = (1 << 30) - 2 };

int64_t linux_truncate(user_ptr_t path, int64_t size)
{
    struct place place;
    if (size < 0) {
        return -EINVAL;
    }
    place_begin(&place, AT_FDCWD, path, false);
    while (place_ask(&place)) {
        place.status = files_truncate(place.at, place.path, (uint64_t)size);
    }
    int64_t error = place_end(&place, -EISDIR);
    return error == -ELOOP && (uint64_t)size > files_size_max ? -EFBIG : error;
}

int64_t linux_ftruncate(int descriptor, int64_t size)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = -EINVAL;
    if (file->kind == &stored_file_kind && size >= 0) {
        result = tree_error(files_truncate(file->handle, "", (uint64_t)size), -EISDIR);
    }
    file_put(file);
    return result == -EACCES ? -EINVAL : result;
}

static bool is_stored(const struct file *file)
{
    return file->kind == &stored_file_kind || file->kind == &directory_kind;
}

int64_t linux_fchmodat(int directory, user_ptr_t path, unsigned mode)
{
    struct place place;
    place_begin(&place, directory, path, false);
    while (place_ask(&place)) {
        place.status = files_set_mode(place.at, place.path, tree_mode(mode));
    }
    return place_end(&place, -EIO);
}

int64_t linux_fchmod(int descriptor, unsigned mode)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = -EINVAL;
    if (is_stored(file)) {
        result = tree_error(files_set_mode(file->handle, "", tree_mode(mode)), -EIO);
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

static int64_t set_modified_of(int descriptor, uint64_t modified)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t error = tree_error(files_set_modified(file->handle, "", 0, modified), -EIO);
    file_put(file);
    return error;
}

static int64_t set_modified_at(int directory, user_ptr_t path, int flags, uint64_t modified)
{
    struct place place;
    uint64_t follow = flags & AT_SYMLINK_NOFOLLOW ? files_no_follow : 0;
    place_begin(&place, directory, path, flags & AT_EMPTY_PATH);
    while (place_ask(&place)) {
        place.status = files_set_modified(place.at, place.path, follow, modified);
    }
    return place_end(&place, -EIO);
}

int64_t linux_utimensat(int directory, user_ptr_t path, user_ptr_t times, int flags)
{
    uint64_t modified = 0;
    bool omit;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) {
        return -EINVAL;
    }
    int64_t error = read_modified(times, &modified, &omit);
    if (error != 0 || omit) {
        return error;
    }
    return path == 0 ? set_modified_of(directory, modified)
                     : set_modified_at(directory, path, flags, modified);
}

/* What the service has, it has. */
int64_t linux_fsync(int descriptor)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t error = is_stored(file) ? 0 : -EINVAL;
    file_put(file);
    return error;
}

int64_t linux_fdatasync(int descriptor)
{
    return linux_fsync(descriptor);
}
