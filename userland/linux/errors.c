/* SPDX-License-Identifier: MIT */
/* Statuses as numbers of errors. A call that has another word for one says so itself. */
#include "userland/linux/layer.h"

int64_t linux_error(j6_status_t status)
{
    switch (status) {
    case j6_status_ok: return 0;
    case j6_status_closed:
    case j6_status_destroyed: return -EPIPE;
    case j6_status_exists: return -EEXIST;
    case j6_status_would_block:
    case j6_status_futex_changed: return -EAGAIN;
    case j6_status_timed_out: return -ETIMEDOUT;
    case j6_status_cancelled: return -ECANCELED;
    case j6_err_nyi: return -ENOSYS;
    case j6_err_invalid_arg:
    case j6_err_out_of_range: return -EINVAL;
    case j6_err_denied: return -EACCES;
    case j6_err_collision: return -EEXIST;
    case j6_err_no_memory:
    case j6_err_quota: return -ENOMEM;
    case j6_err_bad_address: return -EFAULT;
    case j6_err_bad_handle: return -EBADF;
    case j6_err_not_found: return -ENOENT;
    default: return -EIO;
    }
}
