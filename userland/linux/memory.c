/* SPDX-License-Identifier: MIT */
/*
 * mmap, munmap, mprotect, madvise, msync. Each mmap is an area of its own, or a mapping of a file's. A mapping that
 * takes another's place (MAP_FIXED) first takes that out: for a moment there is nothing.
 */
#include "lib/page.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/regions.h"
#include "userland/linux/tree.h"
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

/* What mmap was asked for; the length is whole pages. */
struct request {
    uint64_t address; /* where it shall be, or 0 */
    uint64_t len;
    uint64_t access;
    int flags;
};

/* Maps an area, or with 0 a new one. Takes the handle. */
static int64_t map(const struct request *request, j6_handle_t area, uint64_t offset)
{
    uint64_t address = request->address;
    uint64_t len = request->len;
    bool replace = (request->flags & MAP_FIXED) && !(request->flags & MAP_FIXED_NOREPLACE);
    bool exactly = request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    struct region *region;
    regions_lock();
    j6_status_t status = replace ? regions_remove(address, address + len) : j6_status_ok;
    if (status != j6_status_ok && area != j6_handle_none) {
        j6_handle_close(area);
    } else if (status == j6_status_ok) {
        status = area == j6_handle_none
                     ? region_make(&address, len, request->access, exactly, &region)
                     : region_make_of(area, true, &address, offset, len, request->access, exactly,
                                      &region);
    }
    if (status == j6_status_ok && (request->flags & MAP_POPULATE)) { /* as far as there is memory */
        j6_vma_op_range(region->area->handle, j6_op_commit, offset, &len);
    }
    regions_unlock();
    if (status == j6_status_ok) {
        return (int64_t)address;
    }
    return status == j6_err_collision && !replace ? -EEXIST
           : status == j6_err_denied              ? -EACCES
                                                  : -ENOMEM;
}

/* A private copy of a part of a file, which costs nothing yet, and zeros behind its end. */
static int64_t map_private(const struct request *request, j6_handle_t whole, uint64_t offset,
                           uint64_t size)
{
    uint64_t there = size > offset ? page_up(size) - offset : 0;
    uint64_t len = request->len;
    j6_handle_t copy = j6_handle_none;
    if (there != 0) {
        j6_status_t status =
            j6_vma_clone(whole, offset, there < len ? there : len, j6_vma_flag_resizable, &copy);
        if (status == j6_status_ok && there < len) {
            status = j6_vma_resize(copy, &len);
        }
        if (status != j6_status_ok) {
            j6_handle_close(copy);
            return -ENOMEM;
        }
    }
    return map(request, copy, 0);
}

static int64_t map_file(const struct request *request, struct file *file, uint64_t offset)
{
    j6_handle_t area;
    uint64_t size;
    bool shared = (request->flags & MAP_TYPE) != MAP_PRIVATE;
    bool exec = request->access & j6_map_exec;
    bool write = shared && (request->access & j6_map_write);
    int64_t error =
        tree_map(file, (exec ? files_map_exec : 0) | (write ? files_map_write : 0), &size, &area);
    if (error != 0) {
        return error;
    }
    if (shared) {
        bool fits = offset < page_up(size) && request->len <= page_up(size) - offset;
        if (!fits) {
            j6_handle_close(area);
        }
        return fits ? map(request, area, offset) : -ENXIO;
    }
    int64_t result = map_private(request, area, offset, size);
    j6_handle_close(area);
    return result;
}

static int64_t map_descriptor(const struct request *request, int descriptor, uint64_t offset)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = map_file(request, file, offset);
    file_put(file);
    return result;
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
    uint64_t hint = address <= USER_END - page_up(len) ? page_down(address) : 0;
    const struct request request = {
        .address = fixed ? address : hint,
        .len = page_up(len),
        .access = (uint64_t)access,
        .flags = flags,
    };
    return flags & MAP_ANONYMOUS ? map(&request, j6_handle_none, 0)
                                 : map_descriptor(&request, descriptor, offset);
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

/* Of memory that isn't the layer's to change: it is there, or it isn't. */
static int64_t error_at(uint64_t address)
{
    char byte;
    return user_read(&byte, address, 1) == 0 ? -EACCES : -ENOMEM;
}

static int64_t protect_locked(uint64_t address, uint64_t end, uint64_t access)
{
    if (regions_end(address, end) != end) {
        regions_take_segments();
    }
    uint64_t covered = regions_end(address, end);
    return covered == end ? linux_error(regions_protect(address, end, access)) : error_at(covered);
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
    int64_t error = protect_locked(address, end, (uint64_t)access);
    regions_unlock();
    return error;
}

/* Is all of it mapped? Its pages are given back, if they are to go. */
static int64_t check_mapped(uint64_t address, uint64_t len, bool discard)
{
    uint64_t end;
    if (len == 0) {
        return 0;
    }
    if (range_check(address, len, &end) != 0) {
        return -ENOMEM;
    }
    regions_lock();
    bool covered = regions_end(address, end) == end;
    if (discard) {
        regions_discard(address, end);
    }
    regions_unlock();
    return covered ? 0 : -ENOMEM;
}

int64_t linux_madvise(uint64_t address, uint64_t len, int advice)
{
    bool discard = advice == MADV_DONTNEED || advice == MADV_FREE;
    return address % PAGE_SIZE != 0 || advice < 0 ? -EINVAL : check_mapped(address, len, discard);
}

/* What is written to a shared mapping of a file is in the file. */
int64_t linux_msync(uint64_t address, uint64_t len, int flags)
{
    bool both = (flags & MS_ASYNC) && (flags & MS_SYNC);
    if (address % PAGE_SIZE != 0 || both || (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC))) {
        return -EINVAL;
    }
    return check_mapped(address, len, false);
}
