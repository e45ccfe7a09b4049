/* SPDX-License-Identifier: MIT */
/*
 * Clones. The new area links the nodes of the source's tree that lie inside the range; from then on
 * whoever writes first, on either side, copies the way and the page (vm_pages.c). The source's mappings
 * are write-protected from above, so the cost is that of nodes and top entries, never of pages.
 */
#include "arch/page_table.h"
#include "kernel/base/account.h"
#include "lib/bits.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

/* Makes the next write through the mapping a fault. */
static void protect_locked(struct vm_mapping *mapping, uint64_t offset, uint64_t len,
                           struct page_batch *batch)
{
    uint64_t from = offset > mapping->offset ? offset : mapping->offset;
    uint64_t end = mapping->offset + (mapping->end - mapping->start);
    end = offset + len < end ? offset + len : end;
    if (from >= end || !(mapping->flags & j6_map_write)) {
        return;
    }
    struct vm_space *space = mapping->space;
    vaddr_t start = mapping->start + (from - mapping->offset);
    spinlock_lock(&space->table_lock);
    page_table_protect(&space->table, start, start + (end - from), batch);
    page_table_aim(&space->table, batch);
    spinlock_unlock(&space->table_lock);
}

static void protect_all_locked(struct vm_area *area, uint64_t offset, uint64_t len,
                               struct page_batch *batch)
{
    uint64_t last = offset + len - 1;
    struct vm_mapping *view = view_first(&area->views, offset, last);
    for (; view != NULL; view = view_next(view, offset, last)) {
        protect_locked(view, offset, len, batch);
    }
}

/* Shares the pages of [offset, offset + size of the clone). */
static j6_status_t share_locked(struct vm_area *source, struct vm_area *clone, uint64_t offset,
                                struct page_batch *batch)
{
    if (offset > source->size || clone->size > source->size - offset) {
        return j6_err_out_of_range;
    }
    /* Who relies on being able to write there would have to unshare pages, which may fail. */
    if (source->kind != VM_AREA_OPEN || source->revoked ||
        vm_area_has_view_locked(source, offset, clone->size, VM_MAPPING_OWNS)) {
        return j6_err_bad_state;
    }
    struct account *account = clone->object.account;
    uint64_t first = clone->bias;
    uint64_t end = first + (clone->size >> PAGE_SHIFT);
    j6_status_t status = page_tree_clone(&clone->pages, &source->pages, first, end);
    if (status != j6_status_ok) {
        return status;
    }
    status = account_charge(account, ACCOUNT_MEMORY, page_tree_pages(&clone->pages) * PAGE_SIZE);
    if (status != j6_status_ok) {
        while (page_tree_drop_step(&clone->pages)) {}
        return status;
    }
    protect_all_locked(source, offset, clone->size, batch);
    return j6_status_ok;
}

j6_status_t vm_area_clone(struct vm_area *source, struct account *account, uint64_t offset,
                          uint64_t len, uint32_t flags, struct vm_area **out_area)
{
    struct vm_area *clone;
    j6_status_t status = vm_area_create_open(account, len, flags, &clone);
    if (status != j6_status_ok) {
        return status;
    }
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(source);
    clone->bias = source->bias + (offset >> PAGE_SHIFT);
    status = share_locked(source, clone, offset, &batch);
    vm_area_flush(source, &batch);
    if (status != j6_status_ok) {
        kobject_put(&clone->object);
        return status;
    }
    *out_area = clone;
    return j6_status_ok;
}
