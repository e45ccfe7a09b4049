/* SPDX-License-Identifier: MIT */
/*
 * brk: a stretch of memory that is the heap's, of which the program has the lower part. Like any other
 * memory that part may be protected, or given up for something else.
 */
#include "lib/page.h"
#include "userland/linux/calls.h"
#include "userland/linux/regions.h"

enum { HEAP_ROOM = 64 << 20 };

/* Guarded by regions_lock; begins with the first brk. */
static struct {
    uint64_t start;
    uint64_t end; /* as the program set it: any byte */
} heap;

static j6_status_t reserve(void)
{
    struct region *region;
    uint64_t address = 0;
    j6_status_t status = region_make(&address, HEAP_ROOM, 0, false, &region);
    if (status == j6_status_ok) {
        heap.start = address;
        heap.end = address;
    }
    return status;
}

static j6_status_t move_end(uint64_t end)
{
    uint64_t from = page_up(heap.end);
    uint64_t to = page_up(end);
    j6_status_t status = j6_status_ok;
    if (end - heap.start > HEAP_ROOM) {
        return j6_err_no_memory;
    }
    if (to > from) {
        status = regions_protect(from, to, j6_map_read | j6_map_write);
    } else if (to < from) {
        status = regions_protect(to, from, 0);
    }
    if (status == j6_status_ok) {
        regions_discard(to, from);
        heap.end = end;
    }
    return status;
}

/* Tells the new end, or the old one when that can't be moved. */
int64_t linux_brk(uint64_t address)
{
    regions_lock();
    j6_status_t status = heap.start == 0 ? reserve() : j6_status_ok;
    if (status == j6_status_ok && address >= heap.start) {
        status = move_end(address);
    }
    int64_t end = (int64_t)heap.end;
    regions_unlock();
    return status == j6_status_ok || end != 0 ? end : -ENOMEM;
}
