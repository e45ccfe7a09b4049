/* SPDX-License-Identifier: MIT */
/*
 * Pages that nobody can reach any more. First every mapping forgets them, in steps, and every TLB; no
 * fault brings them back meanwhile. Then they leave the tree, whole shared branches at once.
 */
#include "arch/upcall.h"
#include "kernel/base/account.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"
#include "mm/vm_space.h"

enum { STEP_PAGES = 64 }; /* what a leaf of the tree holds */

/* Hides the pages of the first leaf from the number on, and moves it behind them. False: no more. */
static bool hide_step(struct vm_area *area, uint64_t *number)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(area);
    bool found = page_tree_next(&area->pages, *number, number) != 0;
    if (found) {
        uint64_t end = (*number | (STEP_PAGES - 1)) + 1;
        vm_area_hide_locked(area, (*number - area->bias) << PAGE_SHIFT,
                            (end - *number) << PAGE_SHIFT, &batch);
        *number = end;
    }
    vm_area_flush(area, &batch);
    return found;
}

static bool drop_step(struct vm_area *area, uint64_t first)
{
    vm_area_lock(area);
    uint64_t dropped = page_tree_truncate_step(&area->pages, first);
    vm_area_unlock(area);
    account_uncharge(area->object.account, ACCOUNT_MEMORY, dropped * PAGE_SIZE);
    return dropped > 0;
}

void vm_area_cut(struct vm_area *area, uint64_t offset)
{
    uint64_t first = offset > 0 ? (offset >> PAGE_SHIFT) + area->bias : 0;
    uint64_t number = first;
    while (hide_step(area, &number)) {
        kernel_step_point();
    }
    while (drop_step(area, first)) {
        kernel_step_point();
    }
}

/*
 * Hides some of what is shown by mappings that others are taking out: they may be in no hurry. False:
 * nothing is shown any more.
 */
static bool hide_shown_step(struct vm_area *area)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(area);
    struct vm_mapping *view = view_first(&area->views, 0, UINT64_MAX);
    while (view != NULL && batch.page_count == 0) {
        vaddr_t from = view->start;
        spinlock_lock(&view->space->table_lock);
        page_table_clear(&view->space->table, &from, view->end, STEP_PAGES, &batch);
        page_table_aim(&view->space->table, &batch);
        spinlock_unlock(&view->space->table_lock);
        view = view_next(view, 0, UINT64_MAX);
    }
    bool found = batch.page_count > 0;
    vm_area_flush(area, &batch);
    return found;
}

void vm_area_revoke(struct vm_area *area)
{
    vm_area_lock(area);
    bool again = area->revoked;
    area->revoked = true; /* from here on nobody gets a page */
    vm_area_unlock(area);
    while (vm_mapping_remove_revoked(area) || hide_shown_step(area)) {
        kernel_step_point();
    }
    if (area->kind != VM_AREA_FIXED) {
        vm_area_cut(area, 0);
    }
    if (!again) {
        vm_area_backing_release(area);
    }
}
