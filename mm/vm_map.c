/* SPDX-License-Identifier: MIT */
/* Mappings: made, placed, cut. Taking them out: vm_unmap.c; what they allow: vm_protect.c. */
#include "mm/vm_map.h"
#include "kernel/base/account.h"
#include "lib/bits.h"
#include "lib/container.h"
#include "mm/slab.h"
#include "mm/vm_area.h"
#include "mm/vm_block.h"
#include "mm/vm_mapping.h"

SLAB_CACHE(mapping_cache, "vm_mapping", struct vm_mapping);

#define MAPPING_COST SLAB_COST(sizeof(struct vm_mapping))

static const uint64_t access_flags = j6_map_read | j6_map_write | j6_map_exec;

j6_status_t vm_mapping_create(struct vm_space *space, struct vm_area *area,
                              struct vm_mapping **out_mapping)
{
    j6_status_t status = account_charge(space->account, ACCOUNT_MEMORY, MAPPING_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct vm_mapping *mapping = slab_alloc_zeroed(&mapping_cache);
    if (mapping == NULL) {
        account_uncharge(space->account, ACCOUNT_MEMORY, MAPPING_COST);
        return j6_err_no_memory;
    }
    mapping->space = space;
    mapping->area = area;
    kobject_get(&area->object);
    *out_mapping = mapping;
    return j6_status_ok;
}

static void mapping_free(struct grace_item *item)
{
    slab_free(&mapping_cache, container_of(item, struct vm_mapping, grace));
}

void vm_mapping_discard(struct vm_mapping *mapping)
{
    account_uncharge(mapping->space->account, ACCOUNT_MEMORY, MAPPING_COST);
    kobject_put(&mapping->area->object);
    grace_defer(&mapping->grace, mapping_free);
}

/* The last offset that it shows. */
static uint64_t last_offset(const struct vm_mapping *mapping)
{
    return mapping->whole ? UINT64_MAX : mapping->offset + (mapping->end - mapping->start) - 1;
}

static void link_locked(struct vm_mapping *mapping)
{
    struct vm_area *area = mapping->area;
    view_insert(&area->views, mapping, mapping->offset, last_offset(mapping));
    if (mapping->whole) {
        list_push_back(&area->followers, &mapping->follower);
    }
    mapping->linked = true;
}

static void stop_following_locked(struct vm_mapping *mapping)
{
    if (mapping->whole) {
        list_remove(&mapping->follower);
        mapping->whole = false;
    }
}

void vm_mapping_unlink_locked(struct vm_mapping *mapping)
{
    stop_following_locked(mapping);
    view_set_last(&mapping->area->views, mapping, last_offset(mapping));
    mapping->linked = false;
}

bool vm_map_flags_ok(uint64_t flags)
{
    bool known = (flags & ~(access_flags | j6_map_exact | j6_map_fixed_size)) == 0;
    bool both = (flags & j6_map_write) && (flags & j6_map_exec);
    /* The CPU can't withhold reading from what may be written or executed. */
    bool readable = (flags & j6_map_read) || !(flags & access_flags);
    return known && !both && readable;
}

void vm_mapping_set_flags_locked(struct vm_mapping *mapping, uint64_t flags)
{
    uint32_t read = PAGE_USER | mapping->area->page_flags | (flags & j6_map_exec ? PAGE_EXEC : 0);
    mapping->flags = (uint32_t)flags;
    mapping->page_bits[0] = page_bits(read);
    mapping->page_bits[1] = page_bits(read | (flags & j6_map_write ? PAGE_WRITE : 0));
}

/*
 * What is large enough for a block of the area, if that has blocks, is placed so that blocks of it
 * begin where large pages do.
 */
static uint64_t alignment_of(const struct vm_area *area, uint64_t len)
{
    bool blocks = area->kind == VM_AREA_FIXED || (area->flags & j6_vma_flag_large);
    return blocks && len >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
}

/* Room for len bytes in [low, high), `skew` behind a multiple of align; or 0. */
static vaddr_t room_locked(const struct vm_space *space, vaddr_t low, vaddr_t high, uint64_t len,
                           uint64_t align, uint64_t skew)
{
    vaddr_t place = mapping_room(&space->mappings, low, high, len + align - PAGE_SIZE);
    return place != 0 ? place + ((skew - place) & (align - 1)) : 0;
}

/* An address for the mapping: the wanted one, else in the window, else anywhere. 0: there is none. */
static vaddr_t place_locked(const struct vm_mapping *mapping, vaddr_t wanted, uint64_t len)
{
    const struct vm_space *space = mapping->space;
    bool inside = wanted >= USER_START && wanted < USER_END && USER_END - wanted >= len;
    if (inside && mapping_room(&space->mappings, wanted, wanted + len, len) == wanted) {
        return wanted;
    }
    if (mapping->flags & j6_map_exact) {
        return 0;
    }
    uint64_t align = alignment_of(mapping->area, len);
    uint64_t skew = mapping->offset;
    vaddr_t window_end = space->window + VM_WINDOW_SIZE;
    vaddr_t place = room_locked(space, space->first_place, window_end, len, align, skew);
    if (place == 0) {
        place = room_locked(space, space->window, window_end, len, align, skew);
    }
    if (place == 0) {
        place = room_locked(space, USER_START, USER_END, len, align, skew);
    }
    return place != 0 ? place : room_locked(space, USER_START, USER_END, len, PAGE_SIZE, 0);
}

static bool is_inside_locked(const struct vm_area *area, uint64_t offset, uint64_t len)
{
    return len == 0 ? offset == 0 : offset <= area->size && len <= area->size - offset;
}

static bool may_be_mapped_locked(const struct vm_area *area, uint64_t flags)
{
    bool may_change = area->flags & (j6_vma_flag_resizable | j6_vma_flag_revocable);
    return !area->revoked && !(flags & j6_map_fixed_size && may_change);
}

/* Places the mapping and links it; both locks are held, so that the size stands. */
static j6_status_t mapping_link(struct vm_mapping *mapping, vaddr_t wanted, uint64_t offset,
                                uint64_t len)
{
    struct vm_space *space = mapping->space;
    if (!is_inside_locked(mapping->area, offset, len)) {
        return j6_err_out_of_range;
    }
    mapping->whole = len == 0;
    mapping->offset = offset;
    len = len == 0 ? mapping->area->size : len;
    if ((mapping->flags & j6_map_exact) && len > USER_END - wanted) {
        return j6_err_out_of_range;
    }
    if (!may_be_mapped_locked(mapping->area, mapping->flags)) {
        return j6_err_bad_state;
    }
    mapping->start = place_locked(mapping, wanted, len);
    mapping->end = mapping->start + len;
    if (mapping->start == 0) {
        return mapping->flags & j6_map_exact ? j6_err_collision : j6_err_no_memory;
    }
    bool inserted = mapping_insert(&space->mappings, mapping);
    assert(inserted);
    link_locked(mapping);
    return j6_status_ok;
}

static j6_status_t map_at(struct vm_space *space, struct vm_area *area, vaddr_t *address,
                          uint64_t offset, uint64_t len, uint64_t flags)
{
    struct vm_mapping *mapping;
    j6_status_t status = vm_mapping_create(space, area, &mapping);
    if (status != j6_status_ok) {
        return status;
    }
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    vm_mapping_set_flags_locked(mapping, flags);
    status = mapping_link(mapping, *address, offset, len);
    vaddr_t start = mapping->start;
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    if (status != j6_status_ok) {
        vm_mapping_discard(mapping);
        return status;
    }
    *address = start;
    return j6_status_ok;
}

/* The size of such an area never changes, so all of the range can be made to be there. */
static j6_status_t map_fixed_size(struct vm_space *space, struct vm_area *area, vaddr_t *address,
                                  uint64_t offset, uint64_t len, uint64_t flags)
{
    vaddr_t place = *address;
    j6_status_t status = map_at(space, area, &place, offset, len, flags);
    if (status == j6_status_ok && area->kind == VM_AREA_OPEN) {
        uint64_t done;
        len = len != 0 ? len : area->size;
        status = vm_area_commit(area, offset, len, flags & j6_map_write, &done);
        if (status != j6_status_ok) {
            vm_space_unmap(space, area, place, 0); /* or another thread did */
        }
    }
    if (status == j6_status_ok) {
        *address = place;
    }
    return status;
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
    return flags & j6_map_fixed_size ? map_fixed_size(space, area, address, offset, len, flags)
                                     : map_at(space, area, address, offset, len, flags);
}

j6_status_t vm_spares_get(struct vm_space *space, struct vm_area *area, uint64_t len,
                          struct vm_spares *spares)
{
    *spares = (struct vm_spares){{NULL, NULL}};
    for (unsigned i = 0; len != 0 && i < 2; i++) {
        j6_status_t status = vm_mapping_create(space, area, &spares->mapping[i]);
        if (status != j6_status_ok) {
            vm_spares_put(spares);
            return status;
        }
    }
    return j6_status_ok;
}

void vm_spares_put(struct vm_spares *spares)
{
    for (unsigned i = 0; i < 2; i++) {
        if (spares->mapping[i] != NULL) {
            vm_mapping_discard(spares->mapping[i]);
        }
    }
}

/* What lies from `at` on becomes a mapping of its own, the spare one, which is used up. */
static struct vm_mapping *cut_locked(struct vm_mapping *mapping, vaddr_t at,
                                     struct vm_mapping **spare)
{
    struct vm_mapping *piece = *spare;
    struct avl_tree *set = &mapping->space->mappings;
    *spare = NULL;
    vm_mapping_set_flags_locked(piece, mapping->flags);
    piece->start = at;
    piece->end = mapping->end;
    piece->offset = mapping->offset + (at - mapping->start);
    stop_following_locked(mapping);
    bool moved = mapping_move(set, mapping, mapping->start, at);
    bool inserted = mapping_insert(set, piece);
    assert(moved && inserted);
    view_set_last(&mapping->area->views, mapping, last_offset(mapping));
    link_locked(piece);
    return piece;
}

struct vm_mapping *vm_mapping_carve_locked(struct vm_space *space, const struct vm_area *area,
                                           vaddr_t address, uint64_t len, struct vm_spares *spares)
{
    struct vm_mapping *mapping = mapping_find(&space->mappings, address);
    bool fits = mapping != NULL && mapping->area == area && mapping->linked &&
                (len == 0 ? address == mapping->start : len <= mapping->end - address);
    if (!fits) {
        return NULL;
    }
    if (len != 0 && address + len < mapping->end) {
        cut_locked(mapping, address + len, &spares->mapping[0]);
    }
    return address > mapping->start ? cut_locked(mapping, address, &spares->mapping[1]) : mapping;
}

struct vm_mapping *vm_mapping_join_locked(struct vm_mapping *mapping)
{
    struct vm_space *space = mapping->space;
    struct vm_mapping *next = mapping_next(mapping);
    if (next == NULL || next->area != mapping->area || next->start != mapping->end ||
        next->offset - mapping->offset != mapping->end - mapping->start ||
        next->flags != mapping->flags || !mapping->linked || !next->linked || mapping->whole ||
        next->whole) {
        return NULL;
    }
    vaddr_t end = next->end;
    vm_mapping_unlink_locked(next);
    view_remove(&mapping->area->views, next);
    mapping_remove(&space->mappings, next);
    if (space->last == next) {
        space->last = NULL;
    }
    bool moved = mapping_move(&space->mappings, mapping, mapping->start, end);
    assert(moved);
    view_set_last(&mapping->area->views, mapping, last_offset(mapping));
    return next;
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
