/* SPDX-License-Identifier: MIT */
/* Work on ranges of an area's pages, in steps between which no lock is held. */
#include "arch/upcall.h"
#include "kernel/base/account.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_block.h"
#include "mm/vm_space.h"

enum {
    STEP_PAGES = 64,
    CLEAR_STEP_PAGES = 8, /* clearing takes longer */
};

/* A range to work on, and how far the work has come. */
struct range {
    struct vm_area *area;
    uint64_t offset;
    uint64_t len;
    uint64_t done;
};

/* May the pages of this range be worked on? */
static j6_status_t check_locked(const struct range *range)
{
    const struct vm_area *area = range->area;
    if (range->offset > area->size || range->len > area->size - range->offset) {
        return j6_err_out_of_range;
    }
    return area->kind == VM_AREA_FIXED || area->revoked ? j6_err_bad_state : j6_status_ok;
}

static j6_status_t in_steps(struct range *range, j6_status_t (*step)(struct range *range),
                            uint64_t *done)
{
    j6_status_t status;
    do {
        status = step(range);
        *done = range->done;
        if (status != j6_status_ok || range->done == range->len) {
            return status;
        }
    } while (kernel_step_point());
    return j6_status_cancelled;
}

static uint64_t step_end(const struct range *range, uint64_t pages)
{
    uint64_t end = range->done + pages * PAGE_SIZE;
    return end < range->len ? end : range->len;
}

/* Brings pages in, to read or to write. */
static j6_status_t fill_step(struct range *range, bool write)
{
    struct vm_area *area = range->area;
    struct page_batch batch;
    page_batch_init(&batch);
    uint64_t end = step_end(range, STEP_PAGES);
    if (range->done < end) {
        vm_block_fill(area, range->offset + range->done);
    }
    vm_area_lock(area);
    j6_status_t status = check_locked(range);
    while (status == j6_status_ok && range->done < end) {
        struct page_request request = {.offset = range->offset + range->done, .write = write};
        struct page_grant grant;
        status = vm_area_page_locked(area, &request, &batch, &grant);
        range->done += status == j6_status_ok ? PAGE_SIZE : 0;
    }
    vm_area_flush(area, &batch);
    return status;
}

static j6_status_t share_step(struct range *range)
{
    return fill_step(range, false);
}

static j6_status_t own_step(struct range *range)
{
    return fill_step(range, true);
}

j6_status_t vm_area_commit(struct vm_area *area, uint64_t offset, uint64_t len, bool own,
                           uint64_t *done)
{
    struct range range = {.area = area, .offset = offset, .len = len};
    if (!vm_area_holds(area, offset, len)) { /* before a block comes in for nothing */
        *done = 0;
        return j6_err_out_of_range;
    }
    return in_steps(&range, own ? own_step : share_step, done);
}

/* The first page at or behind `done` that is there, as an offset into the range; len: none. */
static uint64_t next_page_locked(const struct range *range)
{
    struct vm_area *area = range->area;
    uint64_t number;
    uint64_t from = (range->offset + range->done) >> PAGE_SHIFT;
    if (page_tree_next(&area->pages, from + area->bias, &number) == 0) {
        return range->len;
    }
    uint64_t at = ((number - area->bias) << PAGE_SHIFT) - range->offset;
    return at < range->len ? at : range->len;
}

static j6_status_t clear_step(struct range *range)
{
    struct vm_area *area = range->area;
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(area);
    j6_status_t status = check_locked(range);
    for (unsigned i = 0; i < CLEAR_STEP_PAGES && status == j6_status_ok; i++) {
        range->done = next_page_locked(range);
        if (range->done == range->len) {
            break;
        }
        struct page_request request = {.offset = range->offset + range->done, .write = true};
        struct page_grant grant;
        status = vm_area_page_locked(area, &request, &batch, &grant);
        if (status == j6_status_ok) {
            page_clear(phys_to_virt(grant.page));
            range->done += PAGE_SIZE;
        }
    }
    vm_area_flush(area, &batch);
    return status;
}

j6_status_t vm_area_zero(struct vm_area *area, uint64_t offset, uint64_t len, uint64_t *done)
{
    struct range range = {.area = area, .offset = offset, .len = len};
    return in_steps(&range, clear_step, done);
}

static j6_status_t decommit_check_locked(const struct range *range)
{
    j6_status_t status = check_locked(range);
    bool relied_on =
        vm_area_has_view_locked(range->area, range->offset, range->len, j6_map_fixed_size);
    return status == j6_status_ok && relied_on ? j6_err_bad_state : status;
}

/* The pages of one leaf of the tree; hidden from everybody. */
static j6_status_t take_locked(struct range *range, struct page_taken *taken,
                               struct page_batch *batch)
{
    struct vm_area *area = range->area;
    uint64_t number = ((range->offset + range->done) >> PAGE_SHIFT) + area->bias;
    uint64_t end = ((range->offset + range->len) >> PAGE_SHIFT) + area->bias;
    j6_status_t status = page_tree_take(&area->pages, &number, end, taken);
    if (status != j6_status_ok) {
        return status;
    }
    range->done = ((number - area->bias) << PAGE_SHIFT) - range->offset;
    if (taken->removed > 0) {
        vm_area_hide_locked(area, (taken->first - area->bias) << PAGE_SHIFT,
                            (taken->end - taken->first) << PAGE_SHIFT, batch);
    }
    return j6_status_ok;
}

/* What is taken out is put when no TLB has it any more. */
static j6_status_t decommit_step(struct range *range)
{
    struct vm_area *area = range->area;
    struct page_batch batch;
    struct page_taken taken;
    page_batch_init(&batch);
    vm_area_lock(area);
    j6_status_t status = decommit_check_locked(range);
    if (status == j6_status_ok) {
        status = take_locked(range, &taken, &batch);
    }
    vm_area_flush(area, &batch);
    if (status == j6_status_ok) {
        page_tree_taken_put(&taken);
        account_uncharge(area->object.account, ACCOUNT_MEMORY, taken.removed * PAGE_SIZE);
    }
    return status;
}

j6_status_t vm_area_decommit(struct vm_area *area, uint64_t offset, uint64_t len, uint64_t *done)
{
    struct range range = {.area = area, .offset = offset, .len = len};
    return in_steps(&range, decommit_step, done);
}
