/* SPDX-License-Identifier: MIT */
/* What system_info tells, in memory of its own, however much it is. */
#include "lib/page.h"
#include <j6/j6.h>

static j6_status_t fill(j6_handle_t system, uint64_t topic, j6_koid_t koid, uint64_t size,
                        struct j6_snapshot *snapshot)
{
    j6_status_t status =
        j6_vma_create_map(size, 0, j6_map_read | j6_map_write, &snapshot->address, &snapshot->area);
    if (status != j6_status_ok) {
        return status;
    }
    snapshot->len = size;
    status = j6_system_info(system, topic, koid, (void *)snapshot->address, &snapshot->len);
    if (status != j6_status_ok) {
        j6_snapshot_drop(snapshot);
    }
    return status;
}

/* With some room to spare: others may have made more of it before the next try. */
j6_status_t j6_snapshot_take(j6_handle_t system, uint64_t topic, j6_koid_t koid,
                             struct j6_snapshot *out_snapshot)
{
    struct j6_snapshot snapshot;
    uint64_t size = PAGE_SIZE;
    j6_status_t status;
    do {
        snapshot = (struct j6_snapshot){.address = 0};
        status = fill(system, topic, koid, size, &snapshot);
        size = page_up(snapshot.len + snapshot.len / 8);
    } while (status == j6_err_insufficient);
    if (status == j6_status_ok) {
        *out_snapshot = snapshot;
    }
    return status;
}

void j6_snapshot_drop(struct j6_snapshot *snapshot)
{
    j6_vma_unmap(snapshot->area, j6_handle_self_process, snapshot->address, 0);
    j6_handle_close(snapshot->area);
}

const void *j6_snapshot_next(const struct j6_snapshot *snapshot, const void *row)
{
    uint64_t next = snapshot->address;
    if (row != NULL) {
        next = (uint64_t)row + *(const uint32_t *)row; /* row_size */
    }
    return next < snapshot->address + snapshot->len ? (const void *)next : NULL;
}
