/* SPDX-License-Identifier: MIT */
/* A call that was stopped on its way tells how far it came; the next one tells why. */
#include "userland/lib/area.h"
#include <j6/j6.h>

j6_status_t area_read(j6_handle_t area, uint64_t offset, void *buf, uint64_t len)
{
    j6_status_t status = j6_status_ok;
    for (uint64_t done = 0, piece; done < len && status == j6_status_ok; done += piece) {
        piece = len - done;
        status = j6_vma_read(area, offset + done, (char *)buf + done, &piece);
    }
    return status;
}

j6_status_t area_write(j6_handle_t area, uint64_t offset, const void *data, uint64_t len)
{
    j6_status_t status = j6_status_ok;
    for (uint64_t done = 0, piece; done < len && status == j6_status_ok; done += piece) {
        piece = len - done;
        status = j6_vma_write(area, offset + done, (const char *)data + done, &piece);
    }
    return status;
}
