/* SPDX-License-Identifier: MIT */
/*
 * vm_area_resize. Mappings of the whole area follow its size. Growing first moves their ends, one
 * space at a time, then sets the size; a mapping that is made meanwhile is found in the next round,
 * since rounds go on until, under the area's lock, every follower has the new length. Shrinking sets
 * the size first, so that no fault brings a page back, then takes the pages out of every space.
 */
#include "arch/upcall.h"
#include "lib/container.h"
#include "lib/page.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

/*
 * A follower that hasn't the length yet; NULL: all have it. Who was looked at goes to the tail, so a
 * round meets each of them once though the lock is dropped in between.
 */
static struct vm_mapping *straggler_locked(struct vm_area *area, uint64_t size)
{
    struct list_node *first = list_first(&area->followers);
    struct list_node *node = first;
    while (node != NULL) {
        struct vm_mapping *mapping = container_of(node, struct vm_mapping, follower);
        if (mapping->end - mapping->start != size) {
            return mapping;
        }
        list_remove(node);
        list_push_back(&area->followers, node);
        node = list_first(&area->followers);
        if (node == first) {
            return NULL;
        }
    }
    return NULL;
}

/* Gives every follower the length, and then the area the size. */
static j6_status_t followers_set(struct vm_area *area, uint64_t size)
{
    for (;;) {
        spinlock_lock(&area->lock);
        struct vm_mapping *mapping = straggler_locked(area, size);
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
        kernel_step_point();
    }
}

/* The tree has to own the way to the first page that goes: then the rest needs no memory. */
static j6_status_t shrink(struct vm_area *area, uint64_t size)
{
    vm_area_lock(area);
    j6_status_t status = page_tree_own(&area->pages, (size >> PAGE_SHIFT) + area->bias);
    if (status == j6_status_ok) {
        area->size = size;
    }
    vm_area_unlock(area);
    if (status == j6_status_ok) {
        vm_area_cut(area, size);
        status = followers_set(area, size);
        assert(status == j6_status_ok);
    }
    return status;
}

static j6_status_t grow(struct vm_area *area, uint64_t old_size, uint64_t size)
{
    if ((size >> PAGE_SHIFT) > PAGE_TREE_PAGES - area->bias) {
        return j6_err_out_of_range;
    }
    j6_status_t status = followers_set(area, size);
    if (status != j6_status_ok) {
        j6_status_t undone = followers_set(area, old_size);
        assert(undone == j6_status_ok);
    }
    return status;
}

/* One at a time: takes the right to resize, which goes back with resize_end. */
static j6_status_t resize_begin(struct vm_area *area, uint64_t *out_size)
{
    spinlock_lock(&area->lock);
    bool may = !area->resizing && !area->revoked;
    j6_status_t status = area->revoked ? j6_err_bad_state : j6_status_would_block;
    if (may) {
        area->resizing = true;
        *out_size = area->size;
    }
    spinlock_unlock(&area->lock);
    return may ? j6_status_ok : status;
}

static void resize_end(struct vm_area *area)
{
    spinlock_lock(&area->lock);
    area->resizing = false;
    spinlock_unlock(&area->lock);
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
    uint64_t old_size;
    j6_status_t status = resize_begin(area, &old_size);
    if (status != j6_status_ok) {
        return status;
    }
    if (size < old_size) {
        status = shrink(area, size);
    } else if (size > old_size) {
        status = grow(area, old_size, size);
    }
    resize_end(area);
    return status;
}
