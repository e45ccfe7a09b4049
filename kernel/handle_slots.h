/* SPDX-License-Identifier: MIT */
/*
 * The slots of a handle table, for those who put handles in and take them out (handle.c, handle_move.c).
 *
 * Rules: the table's lock is held, unless said otherwise.
 */
#pragma once
#include "kernel/badge.h"
#include "kernel/handle.h"
#include <j6/handle.h>

enum { HANDLE_NO_SLOT = 0xffffffff, HANDLE_GENERATION_MAX = (1 << 20) - 1 };

/*
 * A used entry: value and target. A free one: value 0, generation of the last use, next free slot.
 * A reader that finds its value before and after it read the target has the right one: an entry
 * takes an old value again only after 2^20 uses.
 */
struct handle_entry {
    _Atomic j6_handle_t value;
    union {
        _Atomic handle_target_t target;
        struct {
            uint32_t generation;
            uint32_t next;
        };
    };
};

struct handle_directory {
    struct grace_item grace;
    uint32_t chunks;
    uint32_t capacity;
    struct handle_entry *chunk[];
};

/*
 * NULL beyond the end of the table. Needs no lock. Acquire: partner of the release in
 * directory_grow_locked.
 */
static inline struct handle_entry *handle_entry_at(const struct handle_table *handles,
                                                   uint32_t index)
{
    const struct handle_directory *directory =
        atomic_load_explicit(&handles->directory, memory_order_acquire);
    uint32_t chunk = index / HANDLE_CHUNK;
    if (directory == NULL || chunk >= directory->chunks) {
        return NULL;
    }
    return &directory->chunk[chunk][index % HANDLE_CHUNK];
}

/* An entry that no value names: for who has none to look at. */
extern const struct handle_entry handle_no_entry;

/*
 * Takes a slot that was never used, or the one that has rested longest; gives the value that a handle of that
 * type and those rights has in it. bad_state: the table is closed; quota, no_memory.
 */
j6_status_t handle_slot_take_locked(struct handle_table *table, uint64_t type_and_rights,
                                    j6_handle_t *out_handle) J6_MUST_USE;

/* Can so many slots be taken without growing? */
static inline bool handle_slots_rest_locked(const struct handle_table *handles, uint32_t count)
{
    return !handles->closed && handles->free_count >= HANDLE_REST + count;
}

/* The other way round, for a handle that nobody can find (any more). */
void handle_slot_release_locked(struct handle_table *table, j6_handle_t handle);

/* A handle in a slot that was taken: it can be found from now on, until it is cleared. */
void handle_entry_set_locked(struct handle_table *table, j6_handle_t handle,
                             handle_target_t target);
handle_target_t handle_entry_clear_locked(struct handle_table *table, j6_handle_t handle);

/* Gives the memory of a table back in which nothing is found any more. */
void handle_slots_free(struct handle_table *table);
