/* SPDX-License-Identifier: MIT */
/*
 * Taking mappings out. A range is first cut off as a mapping of its own and unlinked, so that no fault
 * fills it any more; then its entries are cleared, in steps; then it leaves both sets and its
 * addresses are free. Until then it stays among the area's views, since what it still shows has to be
 * hidden and protected like anything else.
 *
 * The end of a space takes all of its mappings out, also one that another thread, of another
 * process, is taking out. That one may have been preempted at a step point, maybe for long, so
 * there it parks, and the mapping may be taken over from it:
 *
 *   state     set by            meaning
 *   BUSY      the unmapper      it is working on the mapping, on some CPU, and won't be long
 *   PARKED    the unmapper      it is at a step point
 *   TAKEN     the space's end   the mapping isn't the unmapper's any more
 */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "lib/bits.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"
#include "mm/vm_mapping.h"

enum { STEP_PAGES = 64 }; /* between which no lock is held */

enum unmapping_state { UNMAPPING_BUSY, UNMAPPING_PARKED, UNMAPPING_TAKEN };

/* Clears some of the entries from *from on; false when there are no more. */
static bool clear_step(struct vm_mapping *mapping, vaddr_t *from)
{
    struct vm_space *space = mapping->space;
    struct page_batch batch;
    page_batch_init(&batch);
    spinlock_lock(&mapping->area->lock);
    spinlock_lock(&space->table_lock);
    bool more = page_table_clear(&space->table, from, mapping->end, STEP_PAGES, &batch);
    page_table_aim(&space->table, &batch);
    spinlock_unlock(&space->table_lock);
    vm_area_flush(mapping->area, &batch);
    return more;
}

/* False: the space has ended meanwhile, and the mapping with it. */
static bool park(struct vm_unmapping *unmapping)
{
    uint32_t parked = UNMAPPING_PARKED;
    atomic_store_explicit(&unmapping->state, UNMAPPING_PARKED, memory_order_release);
    kernel_step_point();
    return atomic_compare_exchange_strong_explicit(&unmapping->state, &parked, UNMAPPING_BUSY,
                                                   memory_order_acquire, memory_order_relaxed);
}

/* Takes out a mapping that was unlinked and is this unmapper's. */
static void take_out(struct vm_mapping *mapping, struct vm_unmapping *unmapping)
{
    struct vm_space *space = mapping->space;
    vaddr_t from = mapping->start;
    while (clear_step(mapping, &from)) {
        if (!park(unmapping)) {
            return;
        }
    }
    spinlock_lock(&space->lock);
    spinlock_lock(&mapping->area->lock);
    if (space->last == mapping) {
        space->last = NULL;
    }
    view_remove(&mapping->area->views, mapping);
    mapping_remove(&space->mappings, mapping);
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
    struct vm_unmapping unmapping = {UNMAPPING_BUSY};
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    struct vm_mapping *mapping = vm_mapping_carve_locked(space, area, address, len, &spares);
    if (mapping != NULL) {
        vm_mapping_unlink_locked(mapping);
        mapping->unmapping = &unmapping;
    }
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    vm_spares_put(&spares);
    if (mapping == NULL) {
        return j6_err_not_found;
    }
    take_out(mapping, &unmapping);
    return j6_status_ok;
}

/* False: somebody else is busy with it. */
static bool claim_locked(struct vm_mapping *mapping, struct vm_unmapping *unmapping)
{
    uint32_t parked = UNMAPPING_PARKED;
    if (mapping->unmapping == NULL) {
        spinlock_lock(&mapping->area->lock);
        vm_mapping_unlink_locked(mapping);
        spinlock_unlock(&mapping->area->lock);
    } else if (!atomic_compare_exchange_strong_explicit(&mapping->unmapping->state, &parked,
                                                        UNMAPPING_TAKEN, memory_order_acquire,
                                                        memory_order_relaxed)) {
        return false;
    }
    mapping->unmapping = unmapping;
    return true;
}

/* The next mapping of a space that ends, claimed; NULL: there is none left. */
static struct vm_mapping *claim_next(struct vm_space *space, struct vm_unmapping *unmapping)
{
    for (;;) {
        spinlock_lock(&space->lock);
        struct vm_mapping *mapping = mapping_from(&space->mappings, 0);
        bool claimed = mapping == NULL || claim_locked(mapping, unmapping);
        spinlock_unlock(&space->lock);
        if (claimed) {
            return mapping;
        }
        arch_spin_pause();
    }
}

void vm_space_destroy(struct vm_space *space)
{
    struct vm_unmapping unmapping = {UNMAPPING_BUSY};
    spinlock_lock(&space->lock);
    space->closed = true;
    spinlock_unlock(&space->lock);
    struct vm_mapping *mapping;
    while ((mapping = claim_next(space, &unmapping)) != NULL) {
        take_out(mapping, &unmapping);
    }
    page_table_destroy(&space->table);
}
