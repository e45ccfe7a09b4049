/* SPDX-License-Identifier: MIT */
/* What else can be asked of a descriptor. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include <asm/stat.h>
#include <linux/fcntl.h>

enum { MODE_OWN = 0600 };

int64_t linux_lseek(int descriptor, int64_t offset, unsigned whence)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = file->kind->seek != NULL ? file->kind->seek(file, offset, whence) : -ESPIPE;
    file_put(file);
    return result;
}

int64_t linux_fstat(int descriptor, user_ptr_t status)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    struct stat all = {
        .st_mode = file->kind->mode | MODE_OWN,
        .st_nlink = 1,
        .st_blksize = j6_page_size,
    };
    int64_t error = file->kind->stat != NULL ? file->kind->stat(file, &all) : 0;
    file_put(file);
    return error != 0 ? error : user_write(status, &all, sizeof(all));
}
