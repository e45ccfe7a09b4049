/* SPDX-License-Identifier: MIT */
/*
 * Listing a directory. A file service lists neither `.` nor `..`: they come first, with offsets that no cursor
 * of the service has.
 */
#include "lib/string.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"

/* Between `.` and `..`, and behind both, where the service's cursor is 0. */
static const uint64_t BEHIND_ONE = 1ull << 62, BEHIND_BOTH = (1ull << 62) + 1;

/* As struct dirent64, which struct files_entry is too. */
struct dots {
    uint64_t id;
    uint64_t next;
    uint16_t row_size;
    uint8_t type;
    char name[5];
};
_Static_assert(sizeof(struct dots) == 24 && offsetof(struct dots, name) == 19, "a row of Linux");

static int64_t list_dots(struct file *file, user_ptr_t buf, uint64_t size, const char *name)
{
    struct files_stat stat;
    struct dots row = {.row_size = sizeof(row), .type = files_type_directory};
    if (size < sizeof(row)) {
        return -EINVAL;
    }
    j6_status_t status = files_stat(file->handle, name, 0, &stat);
    if (status != j6_status_ok) {
        return tree_error(status, -EIO);
    }
    row.id = stat.id;
    row.next = name[1] == '\0' ? BEHIND_ONE : BEHIND_BOTH;
    string_copy(row.name, sizeof(row.name), name);
    int64_t error = user_write(buf, &row, sizeof(row));
    if (error == 0) {
        file->offset = row.next;
    }
    return error != 0 ? error : (int64_t)sizeof(row);
}

static int64_t list_names(struct file *file, user_ptr_t buf, uint64_t size)
{
    size_t len = 0;
    struct files_list_answer answer;
    uint64_t cap = size < files_data_max ? size : files_data_max;
    uint64_t cursor = file->offset == BEHIND_BOTH ? 0 : file->offset;
    j6_status_t status = files_list(file->handle, cursor, (void *)buf, cap, &len, &answer);
    if (status == j6_status_ok && answer.count != 0) {
        file->offset = answer.next;
    }
    return status == j6_status_ok ? (int64_t)len : tree_error(status, -EIO);
}

static int64_t list_locked(struct file *file, user_ptr_t buf, uint64_t size)
{
    return file->offset == 0            ? list_dots(file, buf, size, ".")
           : file->offset == BEHIND_ONE ? list_dots(file, buf, size, "..")
                                        : list_names(file, buf, size);
}

int64_t linux_getdents64(int descriptor, user_ptr_t buf, unsigned size)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = -ENOTDIR;
    if (file->kind == &directory_kind) {
        j6_mutex_lock(&file->lock);
        result = list_locked(file, buf, size);
        j6_mutex_unlock(&file->lock);
    }
    file_put(file);
    return result;
}
