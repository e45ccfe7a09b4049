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

/* A mapping of the area that is nowhere yet; charged to the space's account. */
static j6_status_t mapping_new_locked(struct vm_space *space, struct vm_area *area,
                                      struct vm_mapping **out_mapping)
{
    j6_status_t status = account_charge(space->account, ACCOUNT_MEMORY, MAPPING_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct vm_mapping *mapping = slab_alloc(&mapping_cache);
    if (mapping == NULL) {
        account_uncharge(space->account, ACCOUNT_MEMORY, MAPPING_COST);
        return j6_err_no_memory;
    }
    mapping->space = space;
    mapping->area = area;
    mapping->whole = false;
    mapping->linked = false;
    mapping->shown_from = UINT64_MAX;
    *out_mapping = mapping;
    return j6_status_ok;
}

static void free_after_grace(struct grace_item *item)
{
    slab_free(&mapping_cache, container_of(item, struct vm_mapping, grace));
}

/* For one that is nowhere: others may still be looking at it. */
static void mapping_free_locked(struct vm_mapping *mapping)
{
    account_uncharge(mapping->space->account, ACCOUNT_MEMORY, MAPPING_COST);
    grace_defer(&mapping->grace, free_after_grace);
}

/* The last offset that it shows. */
static uint64_t last_offset(const struct vm_mapping *mapping)
{
    return mapping->whole ? UINT64_MAX : mapping->offset + (mapping->end - mapping->start) - 1;
}

static void link_locked(struct vm_mapping *mapping)
{
    struct vm_area *area = mapping->area;
    kobject_get(&area->object);
    view_insert(&area->views, mapping, mapping->offset, last_offset(mapping));
    if (mapping->whole) {
        list_push_back(&area->followers, &mapping->follower);
    }
    mapping->linked = true;
}

/* From now on its size is its own. */
static void stop_following_locked(struct vm_mapping *mapping)
{
    if (mapping->whole) {
        list_remove(&mapping->follower);
        mapping->whole = false;
    }
}

void vm_mapping_unlink_locked(struct vm_mapping *mapping)
{
    if (mapping->whole) {
        stop_following_locked(mapping);
        view_set_last(mapping, last_offset(mapping));
    }
    mapping->linked = false;
}

void vm_mapping_remove_locked(struct vm_mapping *mapping)
{
    struct vm_space *space = mapping->space;
    if (space->last == mapping) {
        space->last = NULL;
    }
    stop_following_locked(mapping);
    mapping->linked = false;
    view_remove(&mapping->area->views, mapping);
    mapping_remove(&space->mappings, mapping);
    mapping_free_locked(mapping);
}

bool vm_map_flags_ok(uint64_t flags)
{
    const uint64_t kinds = j6_map_exact | j6_map_fixed_size | j6_map_guard;
    bool known = (flags & ~(access_flags | kinds)) == 0;
    bool both = (flags & j6_map_write) && (flags & j6_map_exec);
    /* The CPU can't withhold reading from what may be written or executed. */
    bool readable = (flags & j6_map_read) || !(flags & access_flags);
    return known && !both && readable;
}

bool vm_protect_flags_ok(uint64_t flags)
{
    return (flags & ~access_flags) == 0 && vm_map_flags_ok(flags);
}

void vm_mapping_set_flags_locked(struct vm_mapping *mapping, uint64_t flags)
{
    const struct vm_area *area = mapping->area;
    mapping->flags = (uint32_t)flags;
    mapping->page_bits[0] = flags & j6_map_exec ? area->page_bits.exec : area->page_bits.read;
    mapping->page_bits[1] = flags & j6_map_write ? area->page_bits.write : mapping->page_bits[0];
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

/* What is looked for: so many bytes, `skew` behind a multiple of align. */
struct room {
    const struct avl_tree *set;
    uint64_t len;
    uint64_t align;
    uint64_t skew;
    struct vm_mapping *next; /* when found: what comes behind it */
};

/* The lowest in [low, high), or 0. */
static vaddr_t room_find(struct room *room, vaddr_t low, vaddr_t high)
{
    uint64_t len = room->len + room->align - PAGE_SIZE;
    vaddr_t place = mapping_room(room->set, low, high, len, &room->next);
    return place != 0 ? place + ((room->skew - place) & (room->align - 1)) : 0;
}

/*
 * An address for the mapping: the wanted one, else in the window, else anywhere; 0: there is none.
 * And the mapping before which that is.
 */
static vaddr_t place_locked(const struct vm_mapping *mapping, vaddr_t wanted, uint64_t len,
                            struct vm_mapping **out_next)
{
    const struct vm_space *space = mapping->space;
    const struct avl_tree *set = &space->mappings;
    bool inside = wanted >= USER_START && wanted < USER_END && USER_END - wanted >= len;
    if (inside && mapping_room(set, wanted, wanted + len, len, out_next) == wanted) {
        return wanted;
    }
    if (mapping->flags & j6_map_exact) {
        return 0;
    }
    struct room room = {
        .set = set,
        .len = len,
        .align = alignment_of(mapping->area, len),
        .skew = mapping->offset,
    };
    vaddr_t window_end = space->window + VM_WINDOW_SIZE;
    vaddr_t place = room_find(&room, space->first_place, window_end);
    if (place == 0) {
        place = room_find(&room, space->window, window_end);
    }
    if (place == 0) {
        place = room_find(&room, USER_START, USER_END);
    }
    if (place == 0) {
        room.align = PAGE_SIZE;
        place = room_find(&room, USER_START, USER_END);
    }
    *out_next = room.next;
    return place;
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
    struct vm_mapping *next;
    mapping->start = place_locked(mapping, wanted, len, &next);
    mapping->end = mapping->start + len;
    if (mapping->start == 0) {
        return mapping->flags & j6_map_exact ? j6_err_collision : j6_err_no_memory;
    }
    mapping->open_from = mapping->start + (mapping->flags & j6_map_guard ? PAGE_SIZE : 0);
    mapping_insert_before(&space->mappings, mapping, next);
    link_locked(mapping);
    space->last = mapping; /* about to be used */
    return j6_status_ok;
}

static j6_status_t map_at(struct vm_space *space, struct vm_area *area, vaddr_t *address,
                          uint64_t offset, uint64_t len, uint64_t flags)
{
    struct vm_mapping *mapping;
    spinlock_lock(&space->lock);
    spinlock_lock(&area->lock);
    j6_status_t status = mapping_new_locked(space, area, &mapping);
    if (status == j6_status_ok) {
        vm_mapping_set_flags_locked(mapping, flags);
        status = mapping_link(mapping, *address, offset, len);
        if (status == j6_status_ok) {
            *address = mapping->start;
        } else {
            mapping_free_locked(mapping);
        }
    }
    spinlock_unlock(&area->lock);
    spinlock_unlock(&space->lock);
    return status;
}

/* Makes all of the range be there, in an area whose size never changes, or takes the mapping out. */
static j6_status_t fill(struct vm_space *space, struct vm_area *area, vaddr_t address,
                        uint64_t offset, uint64_t len, uint64_t flags)
{
    uint64_t done;
    len = len != 0 ? len : area->size;
    j6_status_t status = vm_area_commit(area, offset, len, flags & j6_map_write, &done);
    if (status != j6_status_ok) {
        vm_space_unmap(space, area, address, 0); /* or another thread did */
    }
    return status;
}

j6_status_t vm_space_map(struct vm_space *space, struct vm_area *area, vaddr_t *address,
                         uint64_t offset, uint64_t len, uint64_t flags)
{
    vaddr_t place = *address;
    if (!vm_map_flags_ok(flags) || !is_aligned(place | offset | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    bool exact = flags & j6_map_exact;
    if (exact && (place < USER_START || place >= USER_END)) {
        return j6_err_out_of_range;
    }
    j6_status_t status = map_at(space, area, &place, offset, len, flags | vm_mapping_owns(flags));
    if (status == j6_status_ok && (flags & j6_map_fixed_size)) {
        status = fill(space, area, place, offset, len, flags);
    }
    if (status == j6_status_ok) {
        *address = place;
    }
    return status;
}

/* What lies from `at` on becomes a mapping of its own: the piece. */
static void cut_locked(struct vm_mapping *mapping, vaddr_t at, struct vm_mapping *piece)
{
    struct avl_tree *set = &mapping->space->mappings;
    vm_mapping_set_flags_locked(piece, mapping->flags & ~(uint64_t)j6_map_guard);
    piece->start = at;
    piece->end = mapping->end;
    piece->open_from = at;
    piece->offset = mapping->offset + (at - mapping->start);
    piece->shown_from = mapping->shown_from;
    stop_following_locked(mapping);
    bool moved = mapping_move(mapping, mapping->start, at);
    bool inserted = mapping_insert(set, piece);
    assert(moved && inserted);
    view_set_last(mapping, last_offset(mapping));
    link_locked(piece);
}

/* So many new mappings, or none. */
static j6_status_t pieces_new_locked(struct vm_space *space, struct vm_area *area, unsigned count,
                                     struct vm_mapping **pieces)
{
    for (unsigned i = 0; i < count; i++) {
        j6_status_t status = mapping_new_locked(space, area, &pieces[i]);
        if (status != j6_status_ok) {
            while (i > 0) {
                mapping_free_locked(pieces[--i]);
            }
            return status;
        }
    }
    return j6_status_ok;
}

j6_status_t vm_mapping_carve_locked(struct vm_space *space, struct vm_area *area, vaddr_t address,
                                    uint64_t len, struct vm_mapping **out_mapping)
{
    struct vm_mapping *mapping = vm_mapping_find_locked(space, address);
    bool fits = mapping != NULL && mapping->area == area && mapping->linked &&
                (len == 0 ? address == mapping->start : len <= mapping->end - address);
    if (!fits) {
        return j6_err_not_found;
    }
    bool before = address > mapping->start;
    bool behind = len != 0 && address + len < mapping->end;
    struct vm_mapping *pieces[2];
    j6_status_t status = pieces_new_locked(space, area, before + behind, pieces);
    if (status != j6_status_ok) {
        return status;
    }
    if (behind) {
        cut_locked(mapping, address + len, pieces[0]);
    }
    if (before) {
        cut_locked(mapping, address, pieces[behind]);
        mapping = pieces[behind];
    }
    *out_mapping = mapping;
    return j6_status_ok;
}

bool vm_mapping_join_locked(struct vm_mapping *mapping)
{
    struct vm_mapping *next = mapping_next(mapping);
    if (next == NULL || next->area != mapping->area || next->start != mapping->end ||
        next->offset - mapping->offset != mapping->end - mapping->start ||
        next->flags != (mapping->flags & ~(uint32_t)j6_map_guard) || !mapping->linked ||
        !next->linked || mapping->whole || next->whole) {
        return false;
    }
    vaddr_t end = next->end;
    if (next->shown_from < mapping->shown_from) {
        mapping->shown_from = next->shown_from;
    }
    vm_mapping_remove_locked(next);
    bool moved = mapping_move(mapping, mapping->start, end);
    assert(moved);
    view_set_last(mapping, last_offset(mapping));
    return true;
}

j6_status_t vm_mapping_set_size(struct vm_mapping *mapping, uint64_t size)
{
    struct vm_space *space = mapping->space;
    j6_status_t status = j6_status_ok;
    spinlock_lock(&space->lock);
    spinlock_lock(&mapping->area->lock);
    vaddr_t end = mapping->start + size;
    if (mapping->linked && mapping->whole &&
        (size > USER_END - mapping->start || !mapping_move(mapping, mapping->start, end))) {
        status = j6_err_collision;
    }
    spinlock_unlock(&mapping->area->lock);
    spinlock_unlock(&space->lock);
    return status;
}
