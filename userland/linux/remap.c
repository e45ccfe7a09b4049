/* SPDX-License-Identifier: MIT */
/* mremap: a mapping gets longer where it is, or elsewhere with the same pages. */
#include "lib/page.h"
#include "userland/linux/calls.h"
#include "userland/linux/regions.h"
#include <linux/mman.h>

static int64_t shrink(uint64_t address, uint64_t end, uint64_t new_end)
{
    j6_status_t status = regions_remove(new_end, end);
    return status == j6_status_ok ? (int64_t)address : linux_error(status);
}

static int64_t grow(uint64_t address, uint64_t end, uint64_t len, bool may_move)
{
    if (regions_cut(address, end) != j6_status_ok) {
        return -ENOMEM;
    }
    struct region *region = region_at(address);
    j6_status_t status = region_grow(region, address + len);
    if (status != j6_status_ok && may_move) {
        status = region_move(region, len, &address);
    }
    return status == j6_status_ok ? (int64_t)address : -ENOMEM;
}

int64_t linux_mremap(uint64_t address, uint64_t old_len, uint64_t len, uint64_t flags,
                     uint64_t new_address)
{
    (void)new_address;
    old_len = page_up(old_len);
    len = page_up(len);
    if (address % PAGE_SIZE != 0 || old_len == 0 || len == 0 || (flags & ~MREMAP_MAYMOVE)) {
        return -EINVAL;
    }
    char byte;
    regions_lock();
    const struct region *region = region_at(address);
    int64_t result = user_read(&byte, address, 1) == 0 ? -ENOMEM : -EFAULT; /* who else has it */
    if (region != NULL && region->start <= address && old_len <= region->end - address) {
        result = len <= old_len ? shrink(address, address + old_len, address + len)
                                : grow(address, address + old_len, len, flags & MREMAP_MAYMOVE);
    }
    regions_unlock();
    return result;
}
