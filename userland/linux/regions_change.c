/* SPDX-License-Identifier: MIT */
/* What becomes of regions that are there: other access, no pages, more room. */
#include "userland/linux/regions.h"
#include <j6/j6.h>

uint64_t regions_end(uint64_t start, uint64_t end)
{
    for (struct region *region = region_at(start);
         region != NULL && region->start <= start && start < end; region = region_next(region)) {
        start = region->end;
    }
    return start < end ? start : end;
}

j6_status_t regions_protect(uint64_t start, uint64_t end, uint64_t access)
{
    j6_status_t status =
        regions_end(start, end) == end ? regions_cut(start, end) : j6_err_not_found;
    if (status != j6_status_ok) {
        return status;
    }
    for (struct region *region = region_at(start);
         region != NULL && region->start < end && status == j6_status_ok;
         region = region_next(region)) {
        status = j6_vma_protect(region->area->handle, j6_handle_self_process, region->start,
                                region->end - region->start, access);
        if (status == j6_status_ok) {
            region->access = access;
        }
    }
    return status;
}

void regions_discard(uint64_t start, uint64_t end)
{
    for (struct region *region = region_at(start); region != NULL && region->start < end;
         region = region_next(region)) {
        uint64_t from = region->start > start ? region->start : start;
        uint64_t to = region->end < end ? region->end : end;
        uint64_t len = to - from;
        if (!region->area->of_file) {
            j6_vma_op_range(region->area->handle, j6_op_decommit,
                            region->offset + (from - region->start), &len);
        }
    }
}

static j6_status_t area_resize(struct region_area *area, uint64_t size)
{
    j6_status_t status = j6_vma_resize(area->handle, &size);
    if (status == j6_status_ok) {
        area->size = size;
    }
    return status;
}

j6_status_t region_grow(struct region *region, uint64_t end)
{
    struct region_area *area = region->area;
    uint64_t old_size = area->size;
    uint64_t place = region->end;
    uint64_t len = end - region->end;
    if (region->offset + (region->end - region->start) != old_size) {
        return j6_err_collision;
    }
    j6_status_t status = area_resize(area, old_size + len);
    if (status != j6_status_ok) {
        return status;
    }
    status = region_map_part(area, old_size, len, region->access, true, &place);
    if (status == j6_status_ok) { /* and lets the kernel join the two */
        status = j6_vma_protect(area->handle, j6_handle_self_process, place, len, region->access);
    }
    if (status != j6_status_ok) {
        j6_status_t undone = area_resize(area, old_size);
        return undone == j6_status_ok ? status : undone;
    }
    region->end = end;
    return j6_status_ok;
}

/* The bytes of a region that isn't all of its area, in an area of their own. */
static j6_status_t copy_area(const struct region *region, struct region_area **out_area)
{
    j6_handle_t handle;
    uint64_t len = region->end - region->start;
    j6_status_t status =
        j6_vma_clone(region->area->handle, region->offset, len, j6_vma_flag_resizable, &handle);
    if (status == j6_status_ok) {
        *out_area = region_area_new(handle, len);
        status = *out_area != NULL ? j6_status_ok : j6_err_no_memory;
    }
    return status;
}

j6_status_t region_move(struct region *region, uint64_t len, uint64_t *out_address)
{
    struct region_area *area = region->area;
    bool alone = region->end - region->start == area->size;
    if (!(area->handle & j6_right_vma_resize)) {
        return j6_err_denied; /* others see what is written there, so a copy won't do */
    }
    j6_status_t status = alone ? j6_status_ok : copy_area(region, &area);
    if (status != j6_status_ok) {
        return status;
    }
    struct region *moved;
    uint64_t place = 0;
    uint64_t old_size = area->size;
    status = area_resize(area, len);
    if (status == j6_status_ok) {
        status = region_map(area, 0, len, region->access, false, &place, &moved);
    }
    if (status == j6_status_ok) {
        region_remove(region, !alone);
        *out_address = place;
    } else if (!alone) {
        region_area_drop(area);
    } else if (area->size != old_size) {
        j6_status_t undone = area_resize(area, old_size);
        (void)undone; /* what is mapped nowhere hurts nobody */
    }
    return status;
}
