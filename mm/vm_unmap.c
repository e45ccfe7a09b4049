/* SPDX-License-Identifier: MIT */
/*
 * Taking mappings out. A range is first cut off as a mapping of its own and unlinked, so that no fault
 * fills it any more; then its entries are cleared, in steps; then it leaves both sets and its
 * addresses are free. Until then it stays among the area's views, since what it still shows has to be
 * hidden and protected like anything else.
 */
#include "arch/upcall.h"
#include "lib/bits.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"
#include "mm/vm_mapping.h"

enum {
    STEP_PAGES = 64, /* between which no lock is held */
    STEP_MAPPINGS = 64,
};

/* Clears some of the entries from *from on; false when there are no more. */
static bool clear_locked(struct vm_mapping *mapping, vaddr_t *from, struct page_batch *batch)
{
    struct vm_space *space = mapping->space;
    spinlock_lock(&space->table_lock);
    bool more = page_table_clear(&space->table, from, mapping->end, STEP_PAGES, batch);
    page_table_aim(&space->table, batch);
    spinlock_unlock(&space->table_lock);
    return more;
}

/* The same; TLBs that others are still telling about entries that they cleared are waited for. */
static bool clear_step(struct vm_mapping *mapping, vaddr_t *from)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(mapping->area);
    bool more = clear_locked(mapping, from, &batch);
    vm_area_flush(mapping->area, &batch);
    return more;
}

/* Admits no fault any more; what has never shown anything is out at once, the rest is left to do. */
static bool begin_locked(struct vm_mapping *mapping)
{
    bool shown = vm_mapping_shown_from_locked(mapping) < mapping->end;
    if (shown) {
        vm_mapping_unlink_locked(mapping);
    } else {
        vm_mapping_remove_locked(mapping);
    }
    return shown;
}

/* The rest, from that address on. */
static void take_out(struct vm_mapping *mapping, vaddr_t from)
{
    struct vm_space *space = mapping->space;
    struct vm_area *area = mapping->area;
    while (clear_step(mapping, &from)) {
        kernel_step_point();
    }
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    vm_mapping_remove_locked(mapping);
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
}

j6_status_t vm_space_unmap(struct vm_space *space, struct vm_area *area, vaddr_t address,
                           uint64_t len)
{
    if (!is_aligned(address | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    struct vm_mapping *mapping;
    bool more = false;
    vaddr_t from = 0;
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    j6_status_t status = vm_mapping_carve_locked(space, area, address, len, &mapping);
    if (status == j6_status_ok) {
        from = vm_mapping_shown_from_locked(mapping);
        more = begin_locked(mapping);
    }
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    if (more) {
        take_out(mapping, from);
    }
    if (status == j6_status_ok) {
        kobject_put(&area->object);
    }
    return status;
}

/*
 * Takes the last mapping out of a space that ends; returns its area, or NULL: there is none left. No TLB
 * knows the space any more, so with a few pages, or none, it is done under one lock.
 */
static struct vm_area *take_last_out(struct vm_space *space)
{
    spinlock_lock(&space->lock);
    struct vm_mapping *mapping = mapping_last(&space->mappings);
    if (mapping == NULL) {
        spinlock_unlock(&space->lock);
        return NULL;
    }
    struct vm_area *area = mapping->area;
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(area);
    vaddr_t from = vm_mapping_shown_from_locked(mapping);
    bool more = from < mapping->end && clear_locked(mapping, &from, &batch);
    if (more) {
        vm_mapping_unlink_locked(mapping);
    } else {
        vm_mapping_remove_locked(mapping);
    }
    spinlock_unlock(&space->lock);
    vm_area_flush(area, &batch);
    if (more) {
        take_out(mapping, from);
    }
    return area;
}

void vm_space_destroy(struct vm_space *space)
{
    struct vm_area *area;
    for (uint64_t n = 1; (area = take_last_out(space)) != NULL; n++) {
        kobject_put(&area->object);
        if (n % STEP_MAPPINGS == 0) { /* few or no pages of each may have been shown */
            kernel_step_point();
        }
    }
    page_table_destroy(&space->table);
}

/* A mapping of the area that nobody is taking out yet, or NULL. */
static struct vm_mapping *linked_view(struct vm_area *area)
{
    spinlock_lock(&area->lock);
    struct vm_mapping *view = view_first(&area->views, 0, UINT64_MAX);
    while (view != NULL && !view->linked) {
        view = view_next(view, 0, UINT64_MAX);
    }
    spinlock_unlock(&area->lock);
    return view;
}

bool vm_mapping_remove_revoked(struct vm_area *area)
{
    struct vm_mapping *mapping = linked_view(area);
    if (mapping == NULL) {
        return false;
    }
    struct vm_space *space = mapping->space; /* both stay, by the grace period */
    struct page_batch batch;
    page_batch_init(&batch);
    spinlock_lock(&space->lock);
    vm_area_lock(area);
    vaddr_t from = mapping->start;
    bool shows_nothing =
        mapping->linked && !clear_locked(mapping, &from, &batch) && page_batch_is_empty(&batch);
    if (shows_nothing) {
        vm_mapping_remove_locked(mapping);
    }
    spinlock_unlock(&space->lock);
    vm_area_flush(area, &batch);
    if (shows_nothing) {
        kobject_put(&area->object);
    }
    return true;
}
