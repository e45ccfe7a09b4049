/* SPDX-License-Identifier: MIT */
/* Address spaces: making them, and page faults. Mapping: vm_map.c; ending: vm_unmap.c. */
#include "mm/vm_space.h"
#include "kernel/base/account.h"
#include "kernel/base/random.h"
#include "lib/bits.h"
#include "lib/container.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_block.h"
#include "mm/vm_map.h"
#include "mm/vm_mapping.h"

/* A window of 1 GiB, at random in the user half but not at its very ends, and a place in its lower half. */
static void window_choose(struct vm_space *space)
{
    const uint64_t windows = USER_END / VM_WINDOW_SIZE - 2;
    const uint64_t places = VM_WINDOW_SIZE / 2 / PAGE_SIZE;
    uint64_t random = random_u64();
    space->window = (1 + random % windows) * VM_WINDOW_SIZE;
    space->first_place = space->window + random / windows % places * PAGE_SIZE;
}

j6_status_t vm_space_init(struct vm_space *space, struct account *account)
{
    space->account = account;
    window_choose(space);
    space->last = NULL;
    spinlock_init(&space->lock, RANK_SPACE);
    spinlock_init(&space->table_lock, RANK_PAGE_TABLE);
    mapping_set_init(&space->mappings);
    return page_table_init(&space->table);
}

struct vm_mapping *vm_mapping_find_locked(struct vm_space *space, vaddr_t address)
{
    struct vm_mapping *last = space->last;
    if (last != NULL && address - last->start < last->end - last->start) {
        return last;
    }
    struct vm_mapping *mapping = mapping_find(&space->mappings, address);
    if (mapping != NULL) {
        space->last = mapping;
    }
    return mapping;
}

struct vm_mapping *vm_space_search_locked(struct vm_space *space, vaddr_t address,
                                          enum vm_access access)
{
    struct vm_mapping *mapping = vm_mapping_find_locked(space, address);
    bool allows = mapping != NULL && vm_mapping_allows_locked(mapping, address, access);
    return allows ? mapping : NULL;
}

bool vm_space_locate(struct vm_space *space, vaddr_t address, enum vm_access access,
                     j6_koid_t *out_area, uint64_t *out_offset)
{
    spinlock_lock(&space->lock);
    const struct vm_mapping *mapping = space->last;
    if (mapping == NULL || !vm_mapping_allows_locked(mapping, address, access)) {
        mapping = vm_space_search_locked(space, address, access);
    }
    if (mapping != NULL) {
        *out_area = mapping->area->object.koid;
        *out_offset = address - mapping->start + mapping->offset;
    }
    spinlock_unlock(&space->lock);
    return mapping != NULL;
}

static void note_shown_locked(struct vm_mapping *mapping, vaddr_t from)
{
    if (from < mapping->shown_from) {
        mapping->shown_from = from;
    }
}

/* Maps the block around the address, if mapping and area have all of it, and alike. */
static __attribute__((noinline)) bool show_block_locked(struct vm_mapping *mapping, vaddr_t address,
                                                        bool write, struct page_batch *batch)
{
    vaddr_t start = align_down(address, BLOCK_SIZE);
    uint64_t offset = start - mapping->start + mapping->offset;
    struct page_grant grant;
    if (start < mapping->open_from || mapping->end - start < BLOCK_SIZE ||
        !is_aligned(offset, BLOCK_SIZE) || !vm_block_locked(mapping->area, offset, &grant) ||
        (write && !grant.writable)) {
        return false;
    }
    struct vm_space *space = mapping->space;
    note_shown_locked(mapping, start);
    spinlock_lock(&space->table_lock);
    j6_status_t status = page_table_set_large(&space->table, start, grant.page,
                                              mapping->page_bits[grant.writable], batch);
    page_table_aim(&space->table, batch);
    spinlock_unlock(&space->table_lock);
    return status == j6_status_ok;
}

static j6_status_t show_locked(struct vm_mapping *mapping, vaddr_t address,
                               const struct page_grant *grant, struct page_batch *batch)
{
    struct vm_space *space = mapping->space;
    vaddr_t at = page_down(address);
    note_shown_locked(mapping, at);
    spinlock_lock(&space->table_lock);
    j6_status_t status =
        page_table_set(&space->table, at, grant->page, mapping->page_bits[grant->writable], batch);
    if (status != j6_status_ok) { /* a large page may still show the page that this one replaces */
        page_table_clear(&space->table, &at, at + PAGE_SIZE, 1, batch);
    }
    if (batch->page_count > 0) {
        page_table_aim(&space->table, batch);
    }
    spinlock_unlock(&space->table_lock);
    return status;
}

/* May blocks be mapped? A small page is the same to everybody else. */
static bool may_have_blocks(const struct vm_area *area)
{
    return area->kind == VM_AREA_FIXED || (area->flags & j6_vma_flag_large);
}

static j6_status_t fault_locked(struct vm_mapping *mapping, vaddr_t address, enum vm_access access,
                                struct page_batch *batch)
{
    bool write = access == VM_ACCESS_WRITE;
    struct page_request request = {
        .offset = address - mapping->start + mapping->offset, .write = write, .by = mapping};
    struct page_grant grant;
    j6_status_t status = vm_area_page_locked(mapping->area, &request, batch, &grant);
    if (status != j6_status_ok) {
        bool none = status == j6_err_out_of_range || status == j6_err_bad_state;
        return none ? j6_err_bad_address : status;
    }
    if (may_have_blocks(mapping->area) && show_block_locked(mapping, address, write, batch)) {
        return j6_status_ok;
    }
    return show_locked(mapping, address, &grant, batch);
}

/* A mapping that was cut, joined or taken out since it was found is looked for again. */
j6_status_t vm_space_fault(struct vm_space *space, vaddr_t address, enum vm_access access)
{
    struct vm_mapping *mapping;
    while ((mapping = vm_space_find(space, address, access)) != NULL) {
        struct vm_area *area = mapping->area;
        struct page_batch batch;
        page_batch_init(&batch);
        if (area->flags & j6_vma_flag_large) {
            vm_block_fill(area, address - mapping->start + mapping->offset);
        }
        vm_area_lock(area);
        bool stands = vm_mapping_allows_locked(mapping, address, access);
        j6_status_t status = stands ? fault_locked(mapping, address, access, &batch) : j6_status_ok;
        vm_area_flush(area, &batch);
        if (stands) {
            return status;
        }
    }
    return j6_err_bad_address;
}

j6_status_t vm_space_fault_loaded(vaddr_t address, enum vm_access access)
{
    struct page_table *table = page_table_loaded();
    return table == &kernel_page_table
               ? j6_err_bad_address
               : vm_space_fault(container_of(table, struct vm_space, table), address, access);
}
