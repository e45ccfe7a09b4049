/* SPDX-License-Identifier: MIT */
/*
 * The pages of an area: found, made, unshared, and hidden from those who map them. A page is written
 * in place if nobody else holds it: the area's tree alone has the way to it, and the frame has one
 * holder (mm/page_tree.h).
 */
#include "arch/arch.h"
#include "kernel/base/account.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/vm_area.h"
#include "mm/vm_block.h"
#include "mm/vm_space.h"

static uint64_t number_of(const struct vm_area *area, uint64_t offset)
{
    return (offset >> PAGE_SHIFT) + area->bias;
}

uint64_t vm_area_pages_locked(struct vm_area *area, uint64_t offset, uint64_t len)
{
    uint64_t end = offset + len < area->size ? offset + len : area->size;
    if (area->revoked || end <= offset) {
        return 0;
    }
    return area->kind == VM_AREA_FIXED
               ? (end - offset) / PAGE_SIZE
               : page_tree_count(&area->pages, number_of(area, offset), number_of(area, end));
}

/* Clears the entries of one mapping for those of [offset, offset + len) that it shows. */
static void mapping_hide(struct vm_mapping *mapping, uint64_t offset, uint64_t len,
                         struct page_batch *batch)
{
    uint64_t from = offset > mapping->offset ? offset : mapping->offset;
    uint64_t end = mapping->offset + (mapping->end - mapping->start);
    end = offset + len < end ? offset + len : end;
    if (from >= end) {
        return;
    }
    struct vm_space *space = mapping->space;
    vaddr_t at = mapping->start + (from - mapping->offset);
    spinlock_lock(&space->table_lock);
    page_table_clear(&space->table, &at, at + (end - from), UINT32_MAX, batch);
    page_table_aim(&space->table, batch);
    spinlock_unlock(&space->table_lock);
}

static void hide_from_others(struct vm_area *area, uint64_t offset, uint64_t len,
                             const struct vm_mapping *but, struct page_batch *batch)
{
    uint64_t last = offset + len - 1;
    if (but != NULL && view_set_has_one(&area->views)) {
        return; /* that is it */
    }
    struct vm_mapping *mapping = view_first(&area->views, offset, last);
    for (; mapping != NULL; mapping = view_next(mapping, offset, last)) {
        if (mapping != but) {
            mapping_hide(mapping, offset, len, batch);
        }
    }
}

bool vm_area_has_view_locked(const struct vm_area *area, uint64_t offset, uint64_t len,
                             uint32_t flags)
{
    if (len == 0) {
        return false;
    }
    uint64_t last = offset + len - 1;
    const struct vm_mapping *view = view_first(&area->views, offset, last);
    while (view != NULL && !(view->linked && (view->flags & flags) == flags)) {
        view = view_next(view, offset, last);
    }
    return view != NULL;
}

void vm_area_hide_locked(struct vm_area *area, uint64_t offset, uint64_t len,
                         struct page_batch *batch)
{
    hide_from_others(area, offset, len, NULL, batch);
}

static j6_status_t page_make(struct vm_area *area, uint64_t number, struct page_grant *grant)
{
    struct account *account = area->object.account;
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, PAGE_SIZE);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_err_no_memory;
    paddr_t page = frame_alloc();
    if (page != 0) {
        page_clear(phys_to_virt(page)); /* before anybody can find it */
        status = page_tree_insert(&area->pages, number, page);
        if (status == j6_status_ok) {
            *grant = (struct page_grant){.page = page, .writable = true};
            return j6_status_ok;
        }
        frame_free(page);
    }
    account_uncharge(account, ACCOUNT_MEMORY, PAGE_SIZE);
    return status;
}

/* A page that others hold too is copied; whoever of this area's mappings shows the old one forgets it. */
static j6_status_t page_unshare(struct vm_area *area, const struct page_request *request,
                                struct page_batch *batch, struct page_grant *grant)
{
    uint64_t number = number_of(area, request->offset);
    j6_status_t status = page_tree_own(&area->pages, number);
    if (status != j6_status_ok) {
        return status;
    }
    if (!frame_is_shared(grant->page)) { /* the others have gone meanwhile */
        grant->writable = true;
        return j6_status_ok;
    }
    paddr_t copy = frame_alloc();
    if (copy == 0) {
        return j6_err_no_memory;
    }
    page_copy(phys_to_virt(copy), phys_to_virt(grant->page));
    hide_from_others(area, page_down(request->offset), PAGE_SIZE, request->by, batch);
    page_batch_add_frame(batch, page_tree_replace(&area->pages, number, copy));
    *grant = (struct page_grant){.page = copy, .writable = true};
    return j6_status_ok;
}

j6_status_t vm_area_page_locked(struct vm_area *area, const struct page_request *request,
                                struct page_batch *batch, struct page_grant *grant)
{
    if (request->offset >= area->size) {
        return j6_err_out_of_range;
    }
    if (area->revoked) {
        return j6_err_bad_state;
    }
    if (area->kind == VM_AREA_FIXED) {
        *grant = (struct page_grant){area->physical + page_down(request->offset), true};
        return j6_status_ok;
    }
    uint64_t number = number_of(area, request->offset);
    grant->page = page_tree_find(&area->pages, number);
    if (grant->page == 0) {
        return page_make(area, number, grant);
    }
    grant->writable = page_tree_is_own(&area->pages, number) && !frame_is_shared(grant->page);
    return request->write && !grant->writable ? page_unshare(area, request, batch, grant)
                                              : j6_status_ok;
}

paddr_t vm_area_peek_locked(struct vm_area *area, uint64_t offset)
{
    return page_tree_find(&area->pages, number_of(area, offset));
}
