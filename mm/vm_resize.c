/* SPDX-License-Identifier: MIT */
/*
 * vm_area_resize. Mappings of the whole area follow its size. Growing first moves their ends, one
 * space at a time, then sets the size; a mapping that is made meanwhile is found in the next round,
 * since rounds go on until, under the area's lock, every follower has the new length. Shrinking sets
 * the size first, so that no fault brings a page back, then takes the pages out of every space.
 */
#include "kernel/base/account.h"
#include "lib/container.h"
#include "mm/frame.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"

/*
 * Visits each mapping of an area once, though the area's lock is dropped in between: who was visited
 * goes to the tail of the list. When a mapping came or went meanwhile the round starts again, so
 * visiting twice must do no harm.
 */
struct mapping_round {
    uint64_t left;
    uint64_t changes; /* the area's, when the round began */
};

static struct mapping_round round_begin_locked(const struct vm_area *area)
{
    return (struct mapping_round){area->mapping_count, area->mapping_changes};
}

/* The next one, or NULL at the end of the round. */
static struct vm_mapping *round_next_locked(struct vm_area *area, struct mapping_round *round)
{
    if (round->changes != area->mapping_changes) {
        *round = round_begin_locked(area);
    }
    if (round->left == 0) {
        return NULL;
    }
    round->left--;
    struct list_node *node = list_pop_front(&area->mappings);
    list_push_back(&area->mappings, node);
    return container_of(node, struct vm_mapping, area_node);
}

/* A mapping that follows the area but hasn't the length yet; NULL: all have it. */
static struct vm_mapping *follower_locked(struct vm_area *area, struct mapping_round *round,
                                          uint64_t size)
{
    struct vm_mapping *mapping;
    do {
        mapping = round_next_locked(area, round);
    } while (mapping != NULL && (!mapping->whole || mapping->end - mapping->start == size));
    return mapping;
}

/* Gives every follower the length, and then the area the size. */
static j6_status_t followers_set(struct vm_area *area, uint64_t size)
{
    struct mapping_round round = {.changes = ~0ull};
    for (;;) {
        spinlock_lock(&area->lock);
        struct vm_mapping *mapping = follower_locked(area, &round, size);
        if (mapping == NULL) {
            area->size = size;
        }
        spinlock_unlock(&area->lock);
        if (mapping == NULL) {
            return j6_status_ok;
        }
        j6_status_t status = vm_mapping_set_size(mapping, size);
        if (status != j6_status_ok) {
            return status;
        }
    }
}

/* Takes one page out of a space, if the mapping shows it. */
static void page_hide_locked(struct vm_mapping *mapping, uint64_t offset, struct page_batch *batch)
{
    struct vm_space *space = mapping->space;
    if (offset - mapping->offset < mapping->end - mapping->start) {
        spinlock_lock(&space->table_lock);
        page_table_clear(&space->table, mapping->start + (offset - mapping->offset), batch);
        spinlock_unlock(&space->table_lock);
    }
}

/* What is left to do of taking pages away: from which on, and for that one in which spaces. */
struct removal {
    uint64_t number;
    struct mapping_round round;
    struct page_batch batch;
};

/* Takes one page out of the tree, whose reference to it passes to the caller. */
static void page_remove_locked(struct vm_area *area, uint64_t number)
{
    struct page_taken taken;
    frame_get(page_tree_find(&area->pages, number));
    j6_status_t status = page_tree_take(&area->pages, &number, number + 1, &taken);
    assert(status == j6_status_ok);
    page_tree_taken_put(&taken);
}

/* Fills the batch. False when there are no more pages. */
static bool take_away_locked(struct vm_area *area, struct removal *removal)
{
    paddr_t page;
    while ((page = page_tree_next(&area->pages, removal->number, &removal->number)) != 0) {
        struct vm_mapping *mapping;
        do {
            if (page_batch_is_full(&removal->batch)) {
                return true;
            }
            mapping = round_next_locked(area, &removal->round);
            if (mapping != NULL) {
                page_hide_locked(mapping, removal->number << PAGE_SHIFT, &removal->batch);
            }
        } while (mapping != NULL);
        page_remove_locked(area, removal->number);
        removal->batch.frames[removal->batch.frame_count++] = page;
        removal->round = round_begin_locked(area);
    }
    return false;
}

static void take_away(struct vm_area *area, uint64_t from)
{
    struct removal removal = {.number = from >> PAGE_SHIFT, .round = {.changes = ~0ull}};
    bool more = true;
    while (more) {
        spinlock_lock(&area->lock);
        more = take_away_locked(area, &removal);
        spinlock_unlock(&area->lock);
        account_uncharge(area->object.account, ACCOUNT_MEMORY,
                         removal.batch.frame_count * PAGE_SIZE);
        page_batch_finish(&removal.batch);
    }
}

/* The size goes first: from then on no fault makes a page beyond it. */
static void shrink(struct vm_area *area, uint64_t size)
{
    spinlock_lock(&area->lock);
    area->size = size;
    spinlock_unlock(&area->lock);
    take_away(area, size);
    j6_status_t status = followers_set(area, size);
    assert(status == j6_status_ok);
}

j6_status_t vm_area_resize(struct vm_area *area, uint64_t size)
{
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    if (!(area->flags & j6_vma_flag_resizable)) {
        return j6_err_bad_state;
    }
    size = page_up(size);
    j6_status_t status = j6_status_ok;
    spinlock_lock(&area->resize_lock);
    uint64_t old_size = area->size;
    if (size < old_size) {
        shrink(area, size);
    } else if (size > old_size) {
        status = followers_set(area, size);
        if (status != j6_status_ok) {
            j6_status_t undone = followers_set(area, old_size);
            assert(undone == j6_status_ok);
        }
    }
    spinlock_unlock(&area->resize_lock);
    return status;
}
