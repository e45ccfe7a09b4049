/* SPDX-License-Identifier: MIT */
/* Blocks as described in vm_block.h. */
#include "mm/vm_block.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "kernel/base/account.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "mm/frame.h"

enum { BLOCK_ORDER = 9, BLOCK_PAGES = 1 << BLOCK_ORDER };

static uint64_t first_number(const struct vm_area *area, uint64_t offset)
{
    return (align_down(offset, BLOCK_SIZE) >> PAGE_SHIFT) + area->bias;
}

static bool is_inside(const struct vm_area *area, uint64_t offset)
{
    return align_down(offset, BLOCK_SIZE) + BLOCK_SIZE <= area->size;
}

static bool is_wanted_locked(struct vm_area *area, uint64_t offset)
{
    uint64_t first = first_number(area, offset);
    return !area->revoked && is_inside(area, offset) &&
           page_tree_count(&area->pages, first, first + BLOCK_PAGES) == 0;
}

/* Enters the pages; returns how many, fewer if there was no memory for nodes. */
static uint64_t insert_locked(struct vm_area *area, uint64_t first, paddr_t block)
{
    uint64_t i = 0;
    while (i < BLOCK_PAGES &&
           page_tree_insert(&area->pages, first + i, block + i * PAGE_SIZE) == j6_status_ok) {
        i++;
    }
    return i;
}

/* Charged and cleared; 0 if it can't be had. */
static paddr_t block_alloc(struct account *account)
{
    if (account_charge(account, ACCOUNT_MEMORY, BLOCK_SIZE) != j6_status_ok) {
        return 0;
    }
    paddr_t block = frame_alloc_block(BLOCK_ORDER);
    if (block == 0) {
        account_uncharge(account, ACCOUNT_MEMORY, BLOCK_SIZE);
        return 0;
    }
    frame_split(block, BLOCK_ORDER);
    memset(phys_to_virt(block), 0, BLOCK_SIZE);
    return block;
}

/* Gives the pages from number `from` of a block on back. */
static void block_free(struct account *account, paddr_t block, uint64_t from)
{
    for (uint64_t i = from; i < BLOCK_PAGES; i++) {
        frame_put(block + i * PAGE_SIZE);
    }
    account_uncharge(account, ACCOUNT_MEMORY, (BLOCK_PAGES - from) * PAGE_SIZE);
}

void vm_block_fill(struct vm_area *area, uint64_t offset)
{
    if (!(area->flags & j6_vma_flag_large)) {
        return;
    }
    vm_area_lock(area);
    bool wanted = is_wanted_locked(area, offset);
    vm_area_unlock(area);
    paddr_t block = wanted ? block_alloc(area->object.account) : 0;
    if (block == 0) {
        return;
    }
    uint64_t inserted = 0;
    vm_area_lock(area);
    if (is_wanted_locked(area, offset)) { /* still */
        inserted = insert_locked(area, first_number(area, offset), block);
    }
    vm_area_unlock(area);
    block_free(area->object.account, block, inserted);
}

static bool block_of_pages(struct vm_area *area, uint64_t offset, struct page_grant *grant)
{
    uint64_t first = first_number(area, offset);
    paddr_t block = page_tree_find(&area->pages, first);
    if (block == 0 || !is_aligned(block, BLOCK_SIZE)) {
        return false;
    }
    *grant = (struct page_grant){.page = block, .writable = true};
    for (uint64_t i = 0; i < BLOCK_PAGES; i++) {
        if (page_tree_find(&area->pages, first + i) != block + i * PAGE_SIZE) {
            return false;
        }
        grant->writable &=
            page_tree_is_own(&area->pages, first + i) && !frame_is_shared(block + i * PAGE_SIZE);
    }
    return true;
}

bool vm_block_locked(struct vm_area *area, uint64_t offset, struct page_grant *grant)
{
    if (!is_inside(area, offset)) {
        return false;
    }
    if (area->kind != VM_AREA_FIXED) {
        return (area->flags & j6_vma_flag_large) && block_of_pages(area, offset, grant);
    }
    paddr_t block = area->physical + align_down(offset, BLOCK_SIZE);
    *grant = (struct page_grant){.page = block, .writable = true};
    return is_aligned(block, BLOCK_SIZE) && page_may_be_large(block);
}
