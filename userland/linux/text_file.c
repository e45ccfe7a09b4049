/* SPDX-License-Identifier: MIT */
/* A service that takes text: what stdout and stderr are on a console. */
#include "userland/linux/descriptors.h"
#include <linux/stat.h>
#include <proto/text.h>

static int64_t text_write_all(struct file *file, user_ptr_t buf, uint64_t len)
{
    uint64_t done = 0;
    j6_status_t status = j6_status_ok;
    while (done < len && status == j6_status_ok) {
        struct text_write_answer answer = {0};
        uint64_t piece = len - done < text_write_max ? len - done : text_write_max;
        status = text_write(file->handle, (const char *)(buf + done), piece, &answer);
        if (status == j6_status_ok && answer.written == 0) {
            status = j6_err_unexpected;
        }
        done += answer.written;
    }
    return done != 0 || len == 0 ? (int64_t)done : linux_error(status);
}

const struct file_kind text_kind = {.mode = S_IFCHR, .write = text_write_all};
