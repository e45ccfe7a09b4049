/* SPDX-License-Identifier: MIT */
/*
 * What is open at a file service. Positions are kept here; bytes go between the service and the program's
 * memory without a stop.
 */
#include "lib/string.h"
#include "userland/linux/tree.h"
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>

int64_t tree_error(j6_status_t status, int64_t bad_state)
{
    switch (status) {
    case j6_err_bad_state: return bad_state;
    case j6_err_wrong_type: return -ENOTDIR;
    case j6_err_out_of_range: return -EFBIG;
    case j6_err_quota:
    case j6_err_no_memory: return -ENOSPC;
    case j6_status_closed: return -EIO;
    default: return linux_error(status);
    }
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int64_t stored_read_at(struct file *file, user_ptr_t buf, uint64_t len, uint64_t offset)
{
    uint64_t done = 0;
    size_t got = 1;
    j6_status_t status = j6_status_ok;
    while (done < len && got != 0 && status == j6_status_ok) {
        got = 0;
        status = files_read(file->handle, offset + done, (void *)(buf + done),
                            least(len - done, files_data_max), &got);
        done += got;
    }
    return done != 0 ? (int64_t)done : tree_error(status, -EISDIR);
}

/* Tells where it ends, too. With O_APPEND all offsets are the end, as on Linux. */
static int64_t write_from(struct file *file, user_ptr_t buf, uint64_t len, uint64_t *offset)
{
    bool appends = __atomic_load_n(&file->flags, __ATOMIC_RELAXED) & O_APPEND;
    uint64_t done = 0;
    j6_status_t status = j6_status_ok;
    while (done < len && status == j6_status_ok) {
        struct files_write_answer answer = {0, *offset};
        status =
            files_write(file->handle, appends ? files_at_end : *offset, (const void *)(buf + done),
                        least(len - done, files_data_max), &answer);
        if (status == j6_status_ok && answer.written == 0) {
            status = j6_err_unexpected;
        }
        done += answer.written;
        *offset = answer.end;
    }
    return done != 0 || len == 0 ? (int64_t)done : tree_error(status, -EISDIR);
}

static int64_t stored_write_at(struct file *file, user_ptr_t buf, uint64_t len, uint64_t offset)
{
    return write_from(file, buf, len, &offset);
}

static int64_t stored_read(struct file *file, user_ptr_t buf, uint64_t len)
{
    j6_mutex_lock(&file->lock);
    int64_t result = stored_read_at(file, buf, len, file->offset);
    file->offset += result > 0 ? (uint64_t)result : 0;
    j6_mutex_unlock(&file->lock);
    return result;
}

static int64_t stored_write(struct file *file, user_ptr_t buf, uint64_t len)
{
    j6_mutex_lock(&file->lock);
    int64_t result = write_from(file, buf, len, &file->offset);
    j6_mutex_unlock(&file->lock);
    return result;
}

static int64_t size_of(const struct file *file, uint64_t *out_size)
{
    struct files_stat stat;
    j6_status_t status = files_stat(file->handle, "", 0, &stat);
    if (status == j6_status_ok) {
        *out_size = stat.size;
    }
    return tree_error(status, -EIO);
}

static int64_t seek_locked(struct file *file, int64_t offset, unsigned whence)
{
    uint64_t base = whence == SEEK_CUR ? file->offset : 0;
    int64_t error = whence > SEEK_END ? -EINVAL : whence == SEEK_END ? size_of(file, &base) : 0;
    int64_t place;
    if (error != 0) {
        return error;
    }
    if (__builtin_add_overflow((int64_t)base, offset, &place) || place < 0) {
        return -EINVAL;
    }
    file->offset = (uint64_t)place;
    return place;
}

static int64_t stored_seek(struct file *file, int64_t offset, unsigned whence)
{
    j6_mutex_lock(&file->lock);
    int64_t result = seek_locked(file, offset, whence);
    j6_mutex_unlock(&file->lock);
    return result;
}

static uint32_t mode_of(const struct files_stat *stat)
{
    switch (stat->type) {
    case files_type_directory: return S_IFDIR | 0755;
    case files_type_link: return S_IFLNK | 0777;
    case files_type_nothing: return S_IFCHR | 0666;
    default:
        return S_IFREG | 0444 | (stat->mode & files_mode_write ? 0200 : 0) |
               (stat->mode & files_mode_exec ? 0111 : 0);
    }
}

void tree_stat(const struct files_stat *from, struct stat *to)
{
    enum { SECOND = 1000000000, BLOCK = 512 };
    uint64_t seconds = from->modified / SECOND;
    uint64_t rest = from->modified % SECOND;
    *to = (struct stat){
        .st_dev = 1,
        .st_ino = from->id,
        .st_nlink = 1,
        .st_mode = mode_of(from),
        .st_size = (int64_t)from->size,
        .st_blksize = j6_page_size,
        .st_blocks = (int64_t)((from->size + BLOCK - 1) / BLOCK),
        .st_atime = seconds,
        .st_atime_nsec = rest,
        .st_mtime = seconds,
        .st_mtime_nsec = rest,
        .st_ctime = seconds,
        .st_ctime_nsec = rest,
    };
}

static int64_t stored_stat(struct file *file, struct stat *stat)
{
    struct files_stat found;
    j6_status_t status = files_stat(file->handle, "", 0, &found);
    if (status == j6_status_ok) {
        tree_stat(&found, stat);
    }
    return tree_error(status, -EIO);
}

int64_t tree_map(struct file *file, uint64_t flags, uint64_t *out_size, j6_handle_t *out_area)
{
    struct files_map_answer answer;
    if (file->kind != &stored_file_kind) {
        return -ENODEV;
    }
    j6_status_t status = files_map(file->handle, "", flags, &answer, out_area);
    if (status == j6_status_ok) {
        *out_size = answer.size;
    }
    return status == j6_err_no_memory ? -ENOMEM : tree_error(status, -ETXTBSY);
}

static int64_t directory_read(struct file *file, user_ptr_t buf, uint64_t len)
{
    (void)file;
    (void)buf;
    (void)len;
    return -EISDIR;
}

const struct file_kind stored_file_kind = {
    .mode = S_IFREG,
    .read = stored_read,
    .write = stored_write,
    .read_at = stored_read_at,
    .write_at = stored_write_at,
    .seek = stored_seek,
    .stat = stored_stat,
};

/* Its offset is a cursor of the service's. */
const struct file_kind directory_kind = {
    .mode = S_IFDIR,
    .read = directory_read,
    .seek = stored_seek,
    .stat = stored_stat,
};
