/* SPDX-License-Identifier: MIT */
/*
 * mmap, munmap, mprotect, madvise. Each mmap is an area of its own. A mapping that takes another's place
 * (MAP_FIXED) first takes that out: for a moment there is nothing.
 */
#include "lib/page.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/regions.h"
#include <linux/mman.h>

static const uint64_t USER_END = 0x00007fffffff0000;

/* What the CPU lets a page be: what can be written or run can be read, too. */
static int64_t access_of(int protection)
{
    if (protection & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) {
        return -EINVAL;
    }
    if ((protection & PROT_WRITE) && (protection & PROT_EXEC)) {
        return -EACCES;
    }
    return protection == PROT_NONE ? 0
                                   : j6_map_read | (protection & PROT_WRITE ? j6_map_write : 0) |
                                         (protection & PROT_EXEC ? j6_map_exec : 0);
}

/* Whole pages below the end of memory that a program can have; tells the end. */
static int64_t range_check(uint64_t address, uint64_t len, uint64_t *out_end)
{
    if (address % PAGE_SIZE != 0 || len == 0) {
        return -EINVAL;
    }
    if (len > USER_END || address > USER_END - page_up(len)) {
        return -ENOMEM;
    }
    *out_end = address + page_up(len);
    return 0;
}

static int64_t map_anonymous(uint64_t address, uint64_t len, uint64_t access, int flags)
{
    bool replace = (flags & MAP_FIXED) && !(flags & MAP_FIXED_NOREPLACE);
    bool exactly = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    struct region *region;
    regions_lock();
    j6_status_t status = replace ? regions_remove(address, address + len) : j6_status_ok;
    if (status == j6_status_ok) {
        status = region_make(&address, len, access, exactly, &region);
    }
    if (status == j6_status_ok && (flags & MAP_POPULATE)) { /* as far as there is memory */
        j6_vma_op_range(region->area->handle, j6_op_commit, 0, &len);
    }
    regions_unlock();
    if (status == j6_status_ok) {
        return (int64_t)address;
    }
    return status == j6_err_collision && !replace ? -EEXIST : -ENOMEM;
}

int64_t linux_mmap(uint64_t address, uint64_t len, int protection, int flags, int descriptor,
                   uint64_t offset)
{
    bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    int type = flags & MAP_TYPE;
    uint64_t end;
    int64_t access = access_of(protection);
    int64_t error = range_check(fixed ? address : 0, len, &end);
    if (error != 0 || access < 0 || offset % PAGE_SIZE != 0 ||
        (type != MAP_PRIVATE && type != MAP_SHARED)) {
        return error != 0 ? error : access < 0 ? access : -EINVAL;
    }
    if (!(flags & MAP_ANONYMOUS)) {
        return descriptor_is_open(descriptor) ? -ENODEV : -EBADF;
    }
    uint64_t hint = address <= USER_END - page_up(len) ? page_down(address) : 0;
    return map_anonymous(fixed ? address : hint, page_up(len), (uint64_t)access, flags);
}

int64_t linux_munmap(uint64_t address, uint64_t len)
{
    uint64_t end;
    if (range_check(address, len, &end) != 0) {
        return -EINVAL;
    }
    regions_lock();
    j6_status_t status = regions_remove(address, end);
    regions_unlock();
    return linux_error(status);
}

int64_t linux_mprotect(uint64_t address, uint64_t len, int protection)
{
    uint64_t end;
    int64_t access = access_of(protection);
    if (address % PAGE_SIZE != 0 || access < 0) {
        return address % PAGE_SIZE != 0 ? -EINVAL : access;
    }
    if (len == 0) {
        return 0;
    }
    if (range_check(address, len, &end) != 0) {
        return -ENOMEM;
    }
    regions_lock();
    j6_status_t status = regions_protect(address, end, (uint64_t)access);
    regions_unlock();
    return status == j6_err_not_found ? -ENOMEM : linux_error(status);
}

int64_t linux_madvise(uint64_t address, uint64_t len, int advice)
{
    uint64_t end;
    if (address % PAGE_SIZE != 0 || advice < 0) {
        return -EINVAL;
    }
    if (len == 0) {
        return 0;
    }
    if (range_check(address, len, &end) != 0) {
        return -ENOMEM;
    }
    regions_lock();
    bool covered = regions_cover(address, end);
    if (advice == MADV_DONTNEED || advice == MADV_FREE) {
        regions_discard(address, end);
    }
    regions_unlock();
    return covered ? 0 : -ENOMEM;
}
