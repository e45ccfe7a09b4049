/* SPDX-License-Identifier: MIT */
/* The table: numbers, the files behind them, and which of them a new program wouldn't get. */
#include "userland/linux/descriptors.h"
#include "userland/linux/calls.h"
#include <linux/fcntl.h>
#include <proto/files.h>

static struct {
    struct j6_mutex lock;
    struct file *file[DESCRIPTORS_MAX];
    bool close_on_exec[DESCRIPTORS_MAX];
} table;

/* What a handle for a standard stream is: a channel, a file, or a service that takes text. */
static const struct file_kind *kind_of(j6_handle_t handle)
{
    struct files_stat stat;
    switch (j6_handle_type(handle)) {
    case j6_type_channel: return &channel_kind;
    case j6_type_endpoint:
        return files_stat(handle, "", 0, &stat) == j6_status_ok ? &stored_file_kind : &text_kind;
    default: return NULL;
    }
}

/* Only before there is a second thread. What is written to a file goes to its end. */
static void open_standard(int descriptor, const char *role, const struct file_kind *absent,
                          uint32_t flags)
{
    j6_handle_t handle = j6_find(role);
    const struct file_kind *kind = kind_of(handle);
    table.file[descriptor] =
        kind != NULL ? file_new(kind, handle, flags) : file_new(absent, j6_handle_none, flags);
}

void descriptors_init(void)
{
    open_standard(0, "stdin", &nothing_kind, O_RDONLY);
    open_standard(1, "stdout", &log_kind, O_WRONLY | O_APPEND);
    open_standard(2, "stderr", &log_kind, O_WRONLY | O_APPEND);
}

static bool is_number(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS_MAX;
}

struct file *descriptor_file(int descriptor)
{
    if (!is_number(descriptor)) {
        return NULL;
    }
    j6_mutex_lock(&table.lock);
    struct file *file = table.file[descriptor];
    if (file != NULL) {
        file_get(file);
    }
    j6_mutex_unlock(&table.lock);
    return file;
}

bool descriptor_is_open(int descriptor)
{
    struct file *file = descriptor_file(descriptor);
    if (file != NULL) {
        file_put(file);
    }
    return file != NULL;
}

int64_t descriptor_open(struct file *file, int lowest, bool close_on_exec)
{
    int64_t found = -EMFILE;
    j6_mutex_lock(&table.lock);
    for (int i = lowest; i < DESCRIPTORS_MAX && found < 0; i++) {
        if (table.file[i] == NULL) {
            table.file[i] = file;
            table.close_on_exec[i] = close_on_exec;
            found = i;
        }
    }
    j6_mutex_unlock(&table.lock);
    return found;
}

/* Puts a file, or nothing, into a place; tells what was there. */
static struct file *replace(int descriptor, struct file *file, bool close_on_exec)
{
    j6_mutex_lock(&table.lock);
    struct file *old = table.file[descriptor];
    table.file[descriptor] = file;
    table.close_on_exec[descriptor] = close_on_exec;
    j6_mutex_unlock(&table.lock);
    return old;
}

void descriptors_flush(void)
{
    for (int i = 0; i < DESCRIPTORS_MAX; i++) {
        struct file *file = table.file[i] != NULL ? descriptor_file(i) : NULL;
        if (file != NULL && file->kind == &log_kind) {
            log_file_flush(file);
        }
        if (file != NULL) {
            file_put(file);
        }
    }
}

int64_t linux_close(int descriptor)
{
    struct file *file = is_number(descriptor) ? replace(descriptor, NULL, false) : NULL;
    if (file == NULL) {
        return -EBADF;
    }
    file_put(file);
    return 0;
}

static int64_t duplicate(int descriptor, int lowest, bool close_on_exec)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = descriptor_open(file, lowest, close_on_exec);
    if (result < 0) {
        file_put(file);
    }
    return result;
}

int64_t linux_dup(int descriptor)
{
    return duplicate(descriptor, 0, false);
}

static int64_t duplicate_to(int descriptor, int wanted, bool close_on_exec)
{
    struct file *file = is_number(wanted) ? descriptor_file(descriptor) : NULL;
    if (file == NULL) {
        return -EBADF;
    }
    struct file *old = replace(wanted, file, close_on_exec);
    if (old != NULL) {
        file_put(old);
    }
    return wanted;
}

int64_t linux_dup2(int descriptor, int wanted)
{
    if (descriptor == wanted) {
        return descriptor_is_open(descriptor) ? wanted : -EBADF;
    }
    return duplicate_to(descriptor, wanted, false);
}

int64_t linux_dup3(int descriptor, int wanted, int flags)
{
    if (descriptor == wanted || (flags & ~O_CLOEXEC)) {
        return -EINVAL;
    }
    return duplicate_to(descriptor, wanted, flags & O_CLOEXEC);
}

static int64_t set_close_on_exec(int descriptor, bool close_on_exec)
{
    j6_mutex_lock(&table.lock);
    table.close_on_exec[descriptor] = close_on_exec;
    j6_mutex_unlock(&table.lock);
    return 0;
}

/* What a program may change of an open file. */
static int64_t set_flags(struct file *file, uint32_t flags)
{
    const uint32_t settable = O_APPEND | O_NONBLOCK;
    uint32_t old = __atomic_load_n(&file->flags, __ATOMIC_RELAXED);
    __atomic_store_n(&file->flags, (old & ~settable) | (flags & settable), __ATOMIC_RELAXED);
    return 0;
}

static int64_t control(struct file *file, int descriptor, unsigned command, uint64_t argument)
{
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return argument < DESCRIPTORS_MAX
                   ? duplicate(descriptor, (int)argument, command == F_DUPFD_CLOEXEC)
                   : -EINVAL;
    case F_GETFD: return table.close_on_exec[descriptor] ? FD_CLOEXEC : 0;
    case F_SETFD: return set_close_on_exec(descriptor, argument & FD_CLOEXEC);
    case F_GETFL: return __atomic_load_n(&file->flags, __ATOMIC_RELAXED);
    case F_SETFL: return set_flags(file, (uint32_t)argument);
    default: return -EINVAL;
    }
}

int64_t linux_fcntl(int descriptor, unsigned command, uint64_t argument)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = control(file, descriptor, command, argument);
    file_put(file);
    return result;
}
