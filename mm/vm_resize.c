/* SPDX-License-Identifier: MIT */
/*
 * vm_area_resize. Mappings of the whole area follow its size. Growing first moves their ends, one
 * space at a time, then sets the size; a mapping that is made meanwhile is found in the next round,
 * since rounds go on until, under the area's lock, every follower has the new length. Shrinking sets
 * the size first, so that no fault brings a page back, then takes the pages out of every space.
 */
#include "kernel/base/account.h"
#include "lib/container.h"
#include "mm/frame.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"

/* A mapping that follows the area but hasn't the length yet; NULL: all have it. */
static struct vm_mapping *follower_locked(struct vm_area *area, uint64_t size)
{
    struct vm_mapping *mapping;
    list_for_each_entry(mapping, &area->mappings, area_node)
    {
        if (mapping->whole && mapping->end - mapping->start != size) {
            return mapping;
        }
    }
    return NULL;
}

/* Gives every follower the length, and then the area the size. */
static j6_status_t followers_set(struct vm_area *area, uint64_t size)
{
    for (;;) {
        spinlock_lock(&area->lock);
        struct vm_mapping *mapping = follower_locked(area, size);
        if (mapping == NULL) {
            area->size = size;
        }
        spinlock_unlock(&area->lock);
        if (mapping == NULL) {
            return j6_status_ok;
        }
        j6_status_t status = vm_mapping_set_size(mapping, size);
        if (status != j6_status_ok) {
            return status;
        }
    }
}

/* Takes one page out of every space that maps it; false if the batch is full before the end. */
static bool page_unmap_locked(struct vm_area *area, uint64_t offset, struct page_batch *batch)
{
    struct vm_mapping *mapping;
    list_for_each_entry(mapping, &area->mappings, area_node)
    {
        struct vm_space *space = mapping->space;
        if (page_batch_is_full(batch)) {
            return false;
        }
        if (offset - mapping->offset < mapping->end - mapping->start) {
            spinlock_lock(&space->table_lock);
            page_table_clear(&space->table, mapping->start + (offset - mapping->offset), batch);
            spinlock_unlock(&space->table_lock);
        }
    }
    return !page_batch_is_full(batch);
}

/* One step: as many pages at or after *number as the batch takes. False when there are none. */
static bool take_away_locked(struct vm_area *area, uint64_t *number, struct page_batch *batch)
{
    paddr_t page;
    while ((page = page_tree_next(&area->pages, *number, number)) != 0) {
        if (!page_unmap_locked(area, *number << PAGE_SHIFT, batch)) {
            return true;
        }
        page_tree_remove(&area->pages, *number);
        batch->frames[batch->frame_count++] = page;
    }
    return false;
}

static void take_away(struct vm_area *area, uint64_t from)
{
    uint64_t number = from >> PAGE_SHIFT;
    struct page_batch batch = {0};
    bool more = true;
    while (more) {
        spinlock_lock(&area->lock);
        more = take_away_locked(area, &number, &batch);
        spinlock_unlock(&area->lock);
        account_uncharge(area->object.account, ACCOUNT_MEMORY, batch.frame_count * PAGE_SIZE);
        page_batch_finish(&batch);
    }
}

/* The size goes first: from then on no fault makes a page beyond it. */
static void shrink(struct vm_area *area, uint64_t size)
{
    spinlock_lock(&area->lock);
    area->size = size;
    spinlock_unlock(&area->lock);
    take_away(area, size);
    j6_status_t status = followers_set(area, size);
    assert(status == j6_status_ok);
}

j6_status_t vm_area_resize(struct vm_area *area, uint64_t size)
{
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    if (!(area->flags & j6_vma_flag_resizable)) {
        return j6_err_bad_state;
    }
    size = page_up(size);
    j6_status_t status = j6_status_ok;
    spinlock_lock(&area->resize_lock);
    uint64_t old_size = area->size;
    if (size < old_size) {
        shrink(area, size);
    } else if (size > old_size) {
        status = followers_set(area, size);
        if (status != j6_status_ok) {
            j6_status_t undone = followers_set(area, old_size);
            assert(undone == j6_status_ok);
        }
    }
    spinlock_unlock(&area->resize_lock);
    return status;
}
