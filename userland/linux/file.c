/* SPDX-License-Identifier: MIT */
/* The life of files; they come from a pool. */
#include "userland/linux/file.h"
#include "userland/linux/pool.h"
#include <linux/fcntl.h>

static struct {
    struct j6_mutex lock;
    struct pool pool;
} files = {.pool.size = sizeof(struct file)};

struct file *file_new(const struct file_kind *kind, j6_handle_t handle, uint32_t flags)
{
    j6_mutex_lock(&files.lock);
    struct file *file = pool_take(&files.pool);
    j6_mutex_unlock(&files.lock);
    if (file != NULL) {
        *file = (struct file){.kind = kind, .handle = handle, .references = 1, .flags = flags};
    }
    return file;
}

void file_get(struct file *file)
{
    __atomic_fetch_add(&file->references, 1, __ATOMIC_RELAXED);
}

void file_put(struct file *file)
{
    if (__atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL) != 0) {
        return;
    }
    if (file->kind->close != NULL) {
        file->kind->close(file);
    }
    if (file->handle != j6_handle_none) {
        j6_handle_close(file->handle);
    }
    j6_mutex_lock(&files.lock);
    pool_give(&files.pool, file);
    j6_mutex_unlock(&files.lock);
}

j6_time_t file_deadline(const struct file *file)
{
    return __atomic_load_n(&file->flags, __ATOMIC_RELAXED) & O_NONBLOCK ? j6_deadline_poll
                                                                        : j6_deadline_never;
}
