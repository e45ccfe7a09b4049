/* SPDX-License-Identifier: MIT */
/* A copy by the kernel ends where memory isn't as it should be, instead of the process. */
#include "userland/linux/layer.h"

/* A call that was stopped on its way tells how far it came; the next one tells why. */
int64_t user_read(void *to, user_ptr_t from, size_t len)
{
    j6_status_t status = j6_status_ok;
    for (uint64_t done = 0, piece; done < len && status == j6_status_ok; done += piece) {
        piece = len - done;
        status = j6_process_read(j6_handle_self_process, from + done, (char *)to + done, &piece);
    }
    return linux_error(status);
}

int64_t user_write(user_ptr_t to, const void *from, size_t len)
{
    j6_status_t status = j6_status_ok;
    for (uint64_t done = 0, piece; done < len && status == j6_status_ok; done += piece) {
        piece = len - done;
        status =
            j6_process_write(j6_handle_self_process, to + done, (const char *)from + done, &piece);
    }
    return linux_error(status);
}
