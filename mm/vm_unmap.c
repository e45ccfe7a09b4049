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

enum { STEP_PAGES = 64 }; /* between which no lock is held */

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

/* Out of both sets; it shows nothing any more. */
static void remove_locked(struct vm_mapping *mapping)
{
    struct vm_space *space = mapping->space;
    if (space->last == mapping) {
        space->last = NULL;
    }
    view_remove(&mapping->area->views, mapping);
    mapping_remove(&space->mappings, mapping);
}

/* The rest, for a mapping that admits no fault any more. */
static void take_out(struct vm_mapping *mapping)
{
    struct vm_space *space = mapping->space;
    vaddr_t from = mapping->start;
    while (clear_step(mapping, &from)) {
        kernel_step_point();
    }
    spinlock_lock(&space->lock);
    spinlock_lock(&mapping->area->lock);
    remove_locked(mapping);
    spinlock_unlock(&mapping->area->lock);
    spinlock_unlock(&space->lock);
    vm_mapping_discard(mapping);
}

j6_status_t vm_space_unmap(struct vm_space *space, struct vm_area *area, vaddr_t address,
                           uint64_t len)
{
    if (!is_aligned(address | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    struct vm_spares spares;
    j6_status_t status = vm_spares_get(space, area, len, &spares);
    if (status != j6_status_ok) {
        return status;
    }
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    struct vm_mapping *mapping = vm_mapping_carve_locked(space, area, address, len, &spares);
    if (mapping != NULL) {
        vm_mapping_unlink_locked(mapping);
    }
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    vm_spares_put(&spares);
    if (mapping == NULL) {
        return j6_err_not_found;
    }
    take_out(mapping);
    return j6_status_ok;
}

/* Some mapping of a space that ends, unlinked; NULL: there is none left. */
static struct vm_mapping *unlink_any(struct vm_space *space)
{
    spinlock_lock(&space->lock);
    struct vm_mapping *mapping = mapping_from(&space->mappings, 0);
    if (mapping != NULL) {
        spinlock_lock(&mapping->area->lock);
        vm_mapping_unlink_locked(mapping);
        spinlock_unlock(&mapping->area->lock);
    }
    spinlock_unlock(&space->lock);
    return mapping;
}

void vm_space_destroy(struct vm_space *space)
{
    struct vm_mapping *mapping;
    while ((mapping = unlink_any(space)) != NULL) {
        take_out(mapping);
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
    vaddr_t from = mapping->start;
    struct page_batch batch;
    page_batch_init(&batch);
    spinlock_lock(&space->lock);
    vm_area_lock(area);
    bool shows_nothing =
        mapping->linked && !clear_locked(mapping, &from, &batch) && page_batch_is_empty(&batch);
    if (shows_nothing) {
        vm_mapping_unlink_locked(mapping);
        remove_locked(mapping);
    }
    spinlock_unlock(&space->lock);
    vm_area_flush(area, &batch);
    if (shows_nothing) {
        vm_mapping_discard(mapping);
    }
    return true;
}
