/* SPDX-License-Identifier: MIT */
/* What else can be asked of a descriptor. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include <asm/stat.h>
#include <linux/fcntl.h>

enum { MODE_OWN = 0600 };

int64_t linux_ioctl(int descriptor, unsigned command, uint64_t argument)
{
    (void)command;
    (void)argument;
    return descriptor_is_open(descriptor) ? -ENOTTY : -EBADF;
}

int64_t linux_lseek(int descriptor, int64_t offset, unsigned whence)
{
    (void)offset;
    (void)whence;
    return descriptor_is_open(descriptor) ? -ESPIPE : -EBADF;
}

int64_t linux_fstat(int descriptor, user_ptr_t status)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    const struct stat all = {
        .st_mode = file->kind->mode | MODE_OWN,
        .st_nlink = 1,
        .st_blksize = j6_page_size,
    };
    file_put(file);
    return user_write(status, &all, sizeof(all));
}
