/* SPDX-License-Identifier: MIT */
/*
 * Mapping and unmapping. A range is unmapped by first cutting it off as a mapping of its own, then
 * unlinking that from its area, so that no fault fills it any more, then clearing its pages in steps,
 * and only then giving up its addresses.
 */
#include "mm/vm_map.h"
#include "arch/upcall.h"
#include "kernel/base/account.h"
#include "lib/bits.h"
#include "lib/container.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include "mm/vm_area.h"
#include "mm/vm_mapping.h"

SLAB_CACHE(mapping_cache, "vm_mapping", struct vm_mapping);

/* Pages between which a long operation holds no lock. */
enum { STEP_PAGES = 64 };

static const uint64_t access_flags = j6_map_read | j6_map_write | j6_map_exec;

static j6_status_t mapping_create(struct vm_space *space, struct vm_area *area,
                                  struct vm_mapping **out_mapping)
{
    if (!kobject_try_get(&area->object)) {
        return j6_err_bad_handle; /* closed since the caller found it */
    }
    j6_status_t status = account_charge(space->account, ACCOUNT_MEMORY, sizeof(struct vm_mapping));
    if (status != j6_status_ok) {
        goto undo_reference;
    }
    struct vm_mapping *mapping = slab_alloc_zeroed(&mapping_cache);
    if (mapping == NULL) {
        status = j6_err_no_memory;
        goto undo_account;
    }
    mapping->space = space;
    mapping->area = area;
    *out_mapping = mapping;
    return j6_status_ok;
undo_account:
    account_uncharge(space->account, ACCOUNT_MEMORY, sizeof(struct vm_mapping));
undo_reference:
    kobject_put(&area->object);
    return status;
}

static void mapping_free(struct grace_item *item)
{
    slab_free(&mapping_cache, container_of(item, struct vm_mapping, grace));
}

/* After it is out of the space, or if it never was in. */
static void mapping_discard(struct vm_mapping *mapping)
{
    account_uncharge(mapping->space->account, ACCOUNT_MEMORY, sizeof(struct vm_mapping));
    kobject_put(&mapping->area->object);
    grace_defer(&mapping->grace, mapping_free);
}

static page_bits_t page_bits_of(const struct vm_mapping *mapping)
{
    return page_bits(PAGE_USER | mapping->area->page_flags |
                     (mapping->flags & j6_map_write ? PAGE_WRITE : 0) |
                     (mapping->flags & j6_map_exec ? PAGE_EXEC : 0));
}

static void link_locked(struct vm_mapping *mapping)
{
    struct vm_area *area = mapping->area;
    list_push_back(&area->mappings, &mapping->area_node);
    area->mapping_count++;
    area->mapping_changes++;
    mapping->linked = true;
}

static void unlink_locked(struct vm_mapping *mapping)
{
    struct vm_area *area = mapping->area;
    list_remove(&mapping->area_node);
    area->mapping_count--;
    area->mapping_changes++;
    mapping->linked = false;
}

bool vm_map_flags_ok(uint64_t flags)
{
    bool known = (flags & ~(access_flags | j6_map_exact | j6_map_fixed_size)) == 0;
    bool both = (flags & j6_map_write) && (flags & j6_map_exec);
    /* The CPU can't withhold reading from what may be written or executed. */
    bool readable = (flags & j6_map_read) || !(flags & access_flags);
    return known && !both && readable && !(flags & j6_map_fixed_size);
}

/* An address for len bytes: the wanted one, else in the window, else anywhere. 0 if there is none. */
static vaddr_t place_locked(struct vm_space *space, vaddr_t wanted, uint64_t len, bool exact)
{
    bool inside = wanted >= USER_START && wanted < USER_END && USER_END - wanted >= len;
    if (inside && mapping_room(&space->mappings, wanted, wanted + len, len) == wanted) {
        return wanted;
    }
    if (exact) {
        return 0;
    }
    vaddr_t window_end = space->window + VM_WINDOW_SIZE;
    vaddr_t place = mapping_room(&space->mappings, space->window, window_end, len);
    return place != 0 ? place : mapping_room(&space->mappings, USER_START, USER_END, len);
}

/* Fills in the mapping and links it; both under the area's lock, so that the size stands. */
static j6_status_t mapping_link(struct vm_mapping *mapping, vaddr_t wanted, uint64_t offset,
                                uint64_t len)
{
    struct vm_space *space = mapping->space;
    uint64_t size = mapping->area->size;
    if (space->closed) {
        return j6_err_bad_state;
    }
    if (len == 0 ? offset != 0 : offset > size || len > size - offset) {
        return j6_err_out_of_range;
    }
    mapping->whole = len == 0;
    mapping->offset = offset;
    len = len == 0 ? size : len;
    if ((mapping->flags & j6_map_exact) && len > USER_END - wanted) {
        return j6_err_out_of_range;
    }
    mapping->start = place_locked(space, wanted, len, mapping->flags & j6_map_exact);
    mapping->end = mapping->start + len;
    if (mapping->start == 0) {
        return mapping->flags & j6_map_exact ? j6_err_collision : j6_err_no_memory;
    }
    bool inserted = mapping_insert(&space->mappings, mapping);
    assert(inserted);
    link_locked(mapping);
    return j6_status_ok;
}

j6_status_t vm_space_map(struct vm_space *space, struct vm_area *area, vaddr_t *address,
                         uint64_t offset, uint64_t len, uint64_t flags)
{
    if (!vm_map_flags_ok(flags) || !is_aligned(*address | offset | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    bool exact = flags & j6_map_exact;
    if (exact && (*address < USER_START || *address >= USER_END)) {
        return j6_err_out_of_range;
    }
    struct vm_mapping *mapping;
    j6_status_t status = mapping_create(space, area, &mapping);
    if (status != j6_status_ok) {
        return status;
    }
    mapping->flags = (uint32_t)flags;
    mapping->page_bits = page_bits_of(mapping);
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    status = mapping_link(mapping, *address, offset, len);
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    if (status != j6_status_ok) {
        mapping_discard(mapping);
        return status;
    }
    *address = mapping->start;
    return j6_status_ok;
}

void page_batch_finish(struct page_batch *batch)
{
    for (uint32_t i = 0; i < batch->table_count; i++) {
        upcall_table_free(batch->tables[i].owner, batch->tables[i].page);
    }
    for (uint32_t i = 0; i < batch->frame_count; i++) {
        frame_put(batch->frames[i]);
    }
    batch->table_count = 0;
    batch->frame_count = 0;
}

void vm_mapping_clear(struct vm_mapping *mapping, vaddr_t from, vaddr_t end)
{
    struct vm_space *space = mapping->space;
    struct page_batch batch = {0};
    bool more = true;
    while (more) {
        spinlock_lock(&mapping->area->lock);
        spinlock_lock(&space->table_lock);
        for (unsigned i = 0; i < STEP_PAGES && more && !page_batch_is_full(&batch); i++) {
            more = page_table_next(&space->table, from, end, &from);
            if (more) {
                page_table_clear(&space->table, from, &batch);
                from += PAGE_SIZE;
            }
        }
        spinlock_unlock(&space->table_lock);
        spinlock_unlock(&mapping->area->lock);
        page_batch_finish(&batch);
    }
}

static void unlink(struct vm_mapping *mapping)
{
    spinlock_lock(&mapping->area->lock);
    unlink_locked(mapping);
    spinlock_unlock(&mapping->area->lock);
}

/* The rest, for a mapping that is no longer linked to its area. */
static void mapping_finish(struct vm_mapping *mapping)
{
    struct vm_space *space = mapping->space;
    vm_mapping_clear(mapping, mapping->start, mapping->end);
    spinlock_lock(&space->lock);
    if (space->last == mapping) {
        space->last = NULL;
    }
    mapping_remove(&space->mappings, mapping);
    spinlock_unlock(&space->lock);
    mapping_discard(mapping);
}

void vm_mapping_destroy(struct vm_mapping *mapping)
{
    unlink(mapping);
    mapping_finish(mapping);
}

/* A piece at the upper end of `whole` becomes a mapping of its own, still linked. */
static void cut_locked(struct vm_mapping *whole, vaddr_t at, struct vm_mapping *piece)
{
    struct avl_tree *set = &whole->space->mappings;
    piece->flags = whole->flags;
    piece->page_bits = whole->page_bits;
    piece->start = at;
    piece->end = whole->end;
    piece->offset = whole->offset + (at - whole->start);
    bool moved = mapping_move(set, whole, whole->start, at);
    bool inserted = mapping_insert(set, piece);
    assert(moved && inserted);
    whole->whole = false;
    link_locked(piece);
}

/* The mapping of the area that holds all of [address, address + len), or NULL. */
static struct vm_mapping *target_locked(struct vm_space *space, const struct vm_area *area,
                                        vaddr_t address, uint64_t len)
{
    struct vm_mapping *mapping = mapping_find(&space->mappings, address);
    bool fits = mapping != NULL && mapping->area == area && mapping->linked &&
                (len == 0 ? address == mapping->start : len <= mapping->end - address);
    return fits ? mapping : NULL;
}

j6_status_t vm_space_unmap(struct vm_space *space, struct vm_area *area, vaddr_t address,
                           uint64_t len)
{
    if (!is_aligned(address | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    struct vm_mapping *spare[2] = {NULL, NULL};
    for (unsigned i = 0; len != 0 && i < 2; i++) {
        j6_status_t status = mapping_create(space, area, &spare[i]);
        if (status != j6_status_ok) {
            if (i > 0) {
                mapping_discard(spare[0]);
            }
            return status;
        }
    }
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    struct vm_mapping *mapping = target_locked(space, area, address, len);
    if (mapping != NULL) {
        vaddr_t end = len == 0 ? mapping->end : address + len;
        if (end < mapping->end) {
            cut_locked(mapping, end, spare[0]);
            spare[0] = NULL;
        }
        if (address > mapping->start) {
            cut_locked(mapping, address, spare[1]);
            mapping = spare[1];
            spare[1] = NULL;
        }
        unlink_locked(mapping);
    }
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    for (unsigned i = 0; i < 2; i++) {
        if (spare[i] != NULL) {
            mapping_discard(spare[i]);
        }
    }
    if (mapping == NULL) {
        return j6_err_not_found;
    }
    mapping_finish(mapping);
    return j6_status_ok;
}

j6_status_t vm_mapping_set_size(struct vm_mapping *mapping, uint64_t size)
{
    struct vm_space *space = mapping->space;
    j6_status_t status = j6_status_ok;
    spinlock_lock(&space->lock);
    spinlock_lock(&mapping->area->lock);
    vaddr_t end = mapping->start + size;
    if (mapping->linked && mapping->whole &&
        (size > USER_END - mapping->start ||
         !mapping_move(&space->mappings, mapping, mapping->start, end))) {
        status = j6_err_collision;
    }
    spinlock_unlock(&mapping->area->lock);
    spinlock_unlock(&space->lock);
    return status;
}
