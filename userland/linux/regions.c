/* SPDX-License-Identifier: MIT */
/*
 * A region is always one mapping of the kernel's, or a part of one: mappings are only ever made with one
 * set of flags (never j6_map_exact), so that the kernel joins what grows.
 */
#include "userland/linux/regions.h"
#include "lib/container.h"
#include "userland/linux/pool.h"
#include <j6/j6.h>
#include <j6/sync.h>

static struct {
    struct j6_mutex lock;
    struct avl_tree tree;
    struct pool regions;
    struct pool areas;
} all = {
    .regions.size = sizeof(struct region),
    .areas.size = sizeof(struct region_area),
};

void regions_lock(void)
{
    j6_mutex_lock(&all.lock);
}

void regions_unlock(void)
{
    j6_mutex_unlock(&all.lock);
}

static struct region *region_of(struct avl_node *node)
{
    return node != NULL ? container_of(node, struct region, node) : NULL;
}

static int compare(const void *key, const struct avl_node *node)
{
    uint64_t start = *(const uint64_t *)key;
    const struct region *region = container_of(node, struct region, node);
    return start < region->start ? -1 : start > region->start;
}

struct region *region_at(uint64_t address)
{
    struct region *best = NULL;
    struct avl_node *node = all.tree.root;
    while (node != NULL) {
        struct region *region = region_of(node);
        bool above = region->end > address;
        best = above ? region : best;
        node = node->child[!above];
    }
    return best;
}

struct region *region_next(struct region *region)
{
    return region_of(avl_next(&region->node));
}

static void area_put(struct region_area *area)
{
    if (--area->regions == 0) {
        j6_handle_close(area->handle);
        pool_give(&all.areas, area);
    }
}

j6_status_t region_map_part(const struct region_area *area, uint64_t offset, uint64_t len,
                            uint64_t access, bool exactly, uint64_t *address)
{
    uint64_t place = *address;
    j6_status_t status =
        j6_vma_map(area->handle, j6_handle_self_process, &place, offset, len, access);
    if (status == j6_status_ok && exactly && place != *address) {
        j6_vma_unmap(area->handle, j6_handle_self_process, place, len);
        return j6_err_collision;
    }
    if (status == j6_status_ok) {
        *address = place;
    }
    return status;
}

static void insert(struct region *region)
{
    region->area->regions++;
    avl_insert(&all.tree, &region->node, &region->start, compare);
}

j6_status_t region_map(struct region_area *area, uint64_t offset, uint64_t len, uint64_t access,
                       bool exactly, uint64_t *address, struct region **out_region)
{
    struct region *region = pool_take(&all.regions);
    if (region == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = region_map_part(area, offset, len, access, exactly, address);
    if (status != j6_status_ok) {
        pool_give(&all.regions, region);
        return status;
    }
    *region = (struct region){
        .start = *address, .end = *address + len, .area = area, .offset = offset, .access = access};
    insert(region);
    *out_region = region;
    return j6_status_ok;
}

j6_status_t region_adopt(struct region_area *area, uint64_t start, uint64_t len, uint64_t access,
                         uint64_t offset)
{
    struct region *region = pool_take(&all.regions);
    if (region == NULL) {
        return j6_err_no_memory;
    }
    *region = (struct region){
        .start = start, .end = start + len, .area = area, .offset = offset, .access = access};
    insert(region);
    return j6_status_ok;
}

struct region_area *region_area_new(j6_handle_t handle, uint64_t size)
{
    struct region_area *area = pool_take(&all.areas);
    if (area == NULL) {
        j6_handle_close(handle);
        return NULL;
    }
    area->handle = handle;
    area->size = size;
    return area;
}

void region_area_drop(struct region_area *area)
{
    area->regions = 1;
    area_put(area);
}

j6_status_t region_make_of(j6_handle_t handle, bool of_file, uint64_t *address, uint64_t offset,
                           uint64_t len, uint64_t access, bool exactly, struct region **out_region)
{
    struct region_area *area = region_area_new(handle, offset + len);
    if (area == NULL) {
        return j6_err_no_memory;
    }
    area->of_file = of_file;
    j6_status_t status = region_map(area, offset, len, access, exactly, address, out_region);
    if (status != j6_status_ok) {
        region_area_drop(area);
    }
    return status;
}

j6_status_t region_make(uint64_t *address, uint64_t len, uint64_t access, bool exactly,
                        struct region **out_region)
{
    j6_handle_t handle;
    j6_status_t status = j6_vma_create(len, j6_vma_flag_resizable, &handle);
    return status == j6_status_ok
               ? region_make_of(handle, false, address, 0, len, access, exactly, out_region)
               : status;
}

/* A region begins there, if there is one around it. */
static j6_status_t cut_at(uint64_t address)
{
    struct region *region = region_at(address);
    if (region == NULL || region->start >= address) {
        return j6_status_ok;
    }
    struct region *upper = pool_take(&all.regions);
    if (upper == NULL) {
        return j6_err_no_memory;
    }
    *upper = *region;
    upper->start = address;
    upper->offset += address - region->start;
    region->end = address;
    insert(upper);
    return j6_status_ok;
}

j6_status_t regions_cut(uint64_t start, uint64_t end)
{
    j6_status_t status = cut_at(start);
    return status == j6_status_ok ? cut_at(end) : status;
}

void region_remove(struct region *region, bool drop)
{
    struct region_area *area = region->area;
    uint64_t len = region->end - region->start;
    j6_vma_unmap(area->handle, j6_handle_self_process, region->start, len);
    if (drop && area->regions > 1) {
        j6_vma_op_range(area->handle, j6_op_decommit, region->offset, &len);
    }
    avl_remove(&all.tree, &region->node);
    pool_give(&all.regions, region);
    area_put(area);
}

j6_status_t regions_remove(uint64_t start, uint64_t end)
{
    j6_status_t status = regions_cut(start, end);
    if (status != j6_status_ok) {
        return status;
    }
    struct region *region = region_at(start);
    while (region != NULL && region->start < end) {
        struct region *next = region_next(region);
        region_remove(region, true);
        region = next;
    }
    return j6_status_ok;
}
