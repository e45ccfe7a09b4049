/* SPDX-License-Identifier: MIT */
/* Reading and writing, from one piece of memory or several. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include <linux/fcntl.h>
#include <linux/uio.h>

enum { PIECES_AT_ONCE = 16, GATHERED_MAX = 1024 };

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

/* ---- several pieces ------------------------------------------------------------------------- */

struct vector {
    struct file *file;
    transfer_fn *run;
    bool write;
    bool more;    /* nothing has stopped it yet */
    int64_t done; /* bytes, or an error, which counts where nothing was done before it */
};

/* Goes on unless it isn't done whole; a read that has got something waits for no more. */
static void transfer_piece(struct vector *vector, user_ptr_t buf, uint64_t len)
{
    if (len == 0) {
        return;
    }
    int64_t result = vector->run(vector->file, buf, len);
    vector->more = result == (int64_t)len;
    if (result > 0 || vector->done == 0) {
        vector->done += result;
    }
    if (!vector->write && vector->file->kind->read_more != NULL) {
        vector->run = vector->file->kind->read_more;
    }
}

static bool are_several(const struct iovec *pieces, int count)
{
    int filled = 0;
    for (int i = 0; i < count; i++) {
        filled += pieces[i].iov_len != 0;
    }
    return filled > 1;
}

/* Short pieces as one, so that nobody else's bytes come between them: what programs print is such. */
static bool gather(const struct iovec *pieces, int count, char *text, struct iovec *out_piece)
{
    size_t len = 0;
    for (int i = 0; i < count; i++) {
        size_t piece = pieces[i].iov_len;
        if (piece > GATHERED_MAX - len ||
            user_read(text + len, (user_ptr_t)pieces[i].iov_base, piece) != 0) {
            return false;
        }
        len += piece;
    }
    *out_piece = (struct iovec){text, len};
    return true;
}

static void transfer_pieces(struct vector *vector, const struct iovec *pieces, int count)
{
    char text[GATHERED_MAX];
    struct iovec one;
    if (vector->write && are_several(pieces, count) && gather(pieces, count, text, &one)) {
        pieces = &one;
        count = 1;
    }
    for (int i = 0; i < count && vector->more; i++) {
        transfer_piece(vector, (user_ptr_t)pieces[i].iov_base, pieces[i].iov_len);
    }
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

static int64_t transfer_all(struct vector *vector, user_ptr_t from, int count)
{
    struct iovec pieces[PIECES_AT_ONCE];
    uint64_t total = 0;
    for (int i = 0; i < count && vector->more; i += PIECES_AT_ONCE) {
        int part = count - i < PIECES_AT_ONCE ? count - i : PIECES_AT_ONCE;
        user_ptr_t row = from + (uint64_t)i * sizeof(pieces[0]);
        int64_t error = user_read(pieces, row, (size_t)part * sizeof(pieces[0]));
        if (error == 0) {
            error = check_pieces(pieces, part, &total);
        }
        if (error != 0) {
            return vector->done != 0 ? vector->done : error;
        }
        transfer_pieces(vector, pieces, part);
    }
    return vector->done;
}

static int64_t transfer_vector(int descriptor, user_ptr_t from, int count, bool write)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    struct vector vector = {file, transfer_of(file, write), write, true, 0};
    int64_t result = -EINVAL;
    if (vector.run == NULL) {
        result = -EBADF;
    } else if (count >= 0 && count <= UIO_MAXIOV) {
        result = transfer_all(&vector, from, count);
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
