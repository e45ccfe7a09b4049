/* SPDX-License-Identifier: MIT */
/*
 * Changing what a mapping allows. The range becomes a mapping of its own, with the new flags, and
 * joins its neighbours where they are alike. Writing is taken away by the topmost entries; what else
 * goes is cleared in steps, and faults fill it as the new flags say. What is added comes by faults.
 */
#include "arch/upcall.h"
#include "lib/bits.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"
#include "mm/vm_mapping.h"

enum { STEP_PAGES = 64 };

static const uint64_t access_flags = j6_map_read | j6_map_write | j6_map_exec;

/* Joins the mapping with both neighbours; returns how many mappings have been removed. */
static unsigned join_locked(struct vm_mapping *mapping)
{
    struct vm_mapping *before = mapping_prev(mapping);
    unsigned joined = vm_mapping_join_locked(mapping);
    return before != NULL && vm_mapping_join_locked(before) ? joined + 1 : joined;
}

static void protect_locked(struct vm_mapping *mapping, struct page_batch *batch)
{
    struct vm_space *space = mapping->space;
    spinlock_lock(&space->table_lock);
    page_table_protect(&space->table, mapping->start, mapping->end, batch);
    page_table_aim(&space->table, batch);
    spinlock_unlock(&space->table_lock);
}

/*
 * Clears some of the area's entries of [*from, end), whatever has become of its mappings there
 * meanwhile; false when there are no more.
 */
static bool clear_step(struct vm_space *space, struct vm_area *area, vaddr_t *from, vaddr_t end)
{
    struct page_batch batch;
    page_batch_init(&batch);
    spinlock_lock(&space->lock);
    vm_area_lock(area);
    const struct vm_mapping *mapping = mapping_from(&space->mappings, *from);
    if (mapping == NULL || mapping->start >= end) {
        *from = end;
    } else if (mapping->area != area) {
        *from = mapping->end;
    } else {
        vaddr_t stop = mapping->end < end ? mapping->end : end;
        *from = mapping->start > *from ? mapping->start : *from;
        spinlock_lock(&space->table_lock);
        page_table_clear(&space->table, from, stop, STEP_PAGES, &batch);
        page_table_aim(&space->table, &batch);
        spinlock_unlock(&space->table_lock);
    }
    spinlock_unlock(&space->lock);
    vm_area_flush(area, &batch);
    return *from < end;
}

j6_status_t vm_space_protect(struct vm_space *space, struct vm_area *area, vaddr_t address,
                             uint64_t len, uint64_t flags)
{
    if (!is_aligned(address | len, PAGE_SIZE) || !vm_protect_flags_ok(flags)) {
        return j6_err_invalid_arg;
    }
    struct page_batch batch;
    page_batch_init(&batch);
    struct vm_mapping *mapping;
    unsigned joined = 0;
    uint64_t removed = 0;
    vaddr_t end = address;
    spinlock_lock(&space->lock);
    vm_area_lock(area);
    j6_status_t status = vm_mapping_carve_locked(space, area, address, len, &mapping);
    if (status == j6_status_ok) {
        end = mapping->end;
        removed = mapping->flags & access_flags & ~flags;
        vm_mapping_set_flags_locked(mapping, (mapping->flags & ~access_flags) | flags);
        if (removed == j6_map_write) {
            protect_locked(mapping, &batch);
        }
        joined = join_locked(mapping);
    }
    spinlock_unlock(&space->lock);
    vm_area_flush(area, &batch);
    while (joined-- > 0) {
        kobject_put(&area->object);
    }
    vaddr_t from = address;
    while (removed != 0 && removed != j6_map_write && clear_step(space, area, &from, end)) {
        kernel_step_point();
    }
    return status;
}
