/* SPDX-License-Identifier: MIT */
/* Reading and writing, from one piece of memory or several. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include <linux/fcntl.h>
#include <linux/uio.h>

enum { PIECES_AT_ONCE = 16 };

static const uint64_t LENGTH_MAX = 0x7ffff000; /* as on Linux */

typedef int64_t transfer_fn(struct file *file, user_ptr_t buf, uint64_t len);

/* How the file does that; NULL: it was opened for something else, or can't. */
static transfer_fn *transfer_of(const struct file *file, bool write)
{
    uint32_t not_for = write ? O_RDONLY : O_WRONLY;
    uint32_t access = __atomic_load_n(&file->flags, __ATOMIC_RELAXED) & O_ACCMODE;
    return access == not_for ? NULL : write ? file->kind->write : file->kind->read;
}

static int64_t transfer(int descriptor, user_ptr_t buf, uint64_t len, bool write)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    transfer_fn *run = transfer_of(file, write);
    int64_t result = run != NULL ? run(file, buf, len < LENGTH_MAX ? len : LENGTH_MAX) : -EBADF;
    file_put(file);
    return result;
}

int64_t linux_read(int descriptor, user_ptr_t buf, uint64_t len)
{
    return transfer(descriptor, buf, len, false);
}

int64_t linux_write(int descriptor, user_ptr_t buf, uint64_t len)
{
    return transfer(descriptor, buf, len, true);
}

/* At an offset, where there are such. */
static int64_t transfer_at(int descriptor, user_ptr_t buf, uint64_t len, int64_t offset, bool write)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t (*run)(struct file *, user_ptr_t, uint64_t, uint64_t) =
        write ? file->kind->write_at : file->kind->read_at;
    int64_t result = offset < 0 ? -EINVAL : -ESPIPE;
    if (transfer_of(file, write) == NULL) {
        result = -EBADF;
    } else if (run != NULL && offset >= 0) {
        result = run(file, buf, len < LENGTH_MAX ? len : LENGTH_MAX, (uint64_t)offset);
    }
    file_put(file);
    return result;
}

int64_t linux_pread64(int descriptor, user_ptr_t buf, uint64_t len, int64_t offset)
{
    return transfer_at(descriptor, buf, len, offset, false);
}

int64_t linux_pwrite64(int descriptor, user_ptr_t buf, uint64_t len, int64_t offset)
{
    return transfer_at(descriptor, buf, len, offset, true);
}

/* Up to the first piece that isn't done whole; an error counts where nothing was done before it. */
static int64_t transfer_pieces(struct file *file, transfer_fn *run, const struct iovec *pieces,
                               int count, int64_t done, bool *out_more)
{
    for (int i = 0; i < count; i++) {
        uint64_t len = pieces[i].iov_len;
        int64_t result = len != 0 ? run(file, (user_ptr_t)pieces[i].iov_base, len) : 0;
        if (result < 0 || (uint64_t)result < len) {
            *out_more = false;
            return result < 0 && done != 0 ? done : result < 0 ? result : done + result;
        }
        done += result;
    }
    return done;
}

/* Their lengths together must be a number that can be told. */
static int64_t check_pieces(const struct iovec *pieces, int count, uint64_t *total)
{
    for (int i = 0; i < count; i++) {
        if (pieces[i].iov_len > LENGTH_MAX || *total + pieces[i].iov_len > LENGTH_MAX) {
            return -EINVAL;
        }
        *total += pieces[i].iov_len;
    }
    return 0;
}

static int64_t transfer_all(struct file *file, transfer_fn *run, user_ptr_t vector, int count)
{
    struct iovec pieces[PIECES_AT_ONCE];
    uint64_t total = 0;
    int64_t done = 0;
    bool more = true;
    for (int i = 0; i < count && more && done >= 0; i += PIECES_AT_ONCE) {
        int part = count - i < PIECES_AT_ONCE ? count - i : PIECES_AT_ONCE;
        user_ptr_t from = vector + (uint64_t)i * sizeof(pieces[0]);
        int64_t error = user_read(pieces, from, (size_t)part * sizeof(pieces[0]));
        if (error == 0) {
            error = check_pieces(pieces, part, &total);
        }
        if (error != 0) {
            return done != 0 ? done : error;
        }
        done = transfer_pieces(file, run, pieces, part, done, &more);
    }
    return done;
}

static int64_t transfer_vector(int descriptor, user_ptr_t vector, int count, bool write)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    transfer_fn *run = transfer_of(file, write);
    int64_t result = -EINVAL;
    if (run == NULL) {
        result = -EBADF;
    } else if (count >= 0 && count <= UIO_MAXIOV) {
        result = transfer_all(file, run, vector, count);
    }
    file_put(file);
    return result;
}

int64_t linux_readv(int descriptor, user_ptr_t vector, int count)
{
    return transfer_vector(descriptor, vector, count, false);
}

int64_t linux_writev(int descriptor, user_ptr_t vector, int count)
{
    return transfer_vector(descriptor, vector, count, true);
}
