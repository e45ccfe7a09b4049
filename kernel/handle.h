/* SPDX-License-Identifier: MIT */
/*
 * Handle tables: what a process can name. An entry holds the whole handle value and the object; a
 * handle is good if the value is the entry's.
 *
 *   directory ──> chunk of 256 entries {value, object}     index = chunk number, place in chunk
 *
 * Rules: lookup takes no lock; what it returns is good until the call blocks. Chunks never move and
 * live as long as the table, the directory is replaced as it grows and freed after a grace period.
 * Freed slots queue up, and at least HANDLE_REST others are used before one is used again. Memory of
 * zeros is slots that were never used: a new chunk isn't written to.
 */
#pragma once
#include "kernel/badge.h"
#include "kernel/base/kobject.h"

#define HANDLE_REST  64
#define HANDLE_CHUNK 256
#define HANDLE_MAX   ((1u << j6_handle_index_bits) - HANDLE_CHUNK)

struct handle_directory;

struct handle_table {
    /* Immutable after create */
    struct account *account;
    /* Read without a lock */
    struct handle_directory *_Atomic directory;
    /* Guarded by lock */
    struct spinlock lock;
    bool closed; /* the process has ended */
    uint32_t used;
    uint32_t free_count;
    uint32_t unused_first; /* those from here on were never used */
    uint32_t free_first;   /* queue of the other free slots, by index */
    uint32_t free_last;
    uint32_t worn_first; /* slots whose generations have run out */
};

void handle_table_init(struct handle_table *table, struct account *account);

/* Closes every handle; later inserts fail with bad_state. */
void handle_table_close(struct handle_table *table);

/* Frees the memory of a closed table, in which nobody looks anything up without its lock any more. */
void handle_table_destroy(struct handle_table *table);

/* The object of a handle, NULL if the value isn't that of an entry. */
struct kobject *handle_find(const struct handle_table *table, j6_handle_t handle);

/* The badge of a handle, held for the caller, or NULL; false if the value isn't that of an entry. */
bool handle_find_badge(const struct handle_table *table, j6_handle_t handle,
                       struct badge **out_badge);

/* The number of its badge; 0: it has none, or the value is not that of an entry. */
uint64_t handle_badge_value(const struct handle_table *table, j6_handle_t handle);

/* How many handles are open. */
uint32_t handle_table_used(struct handle_table *table);

/* How many slots there are, and the handle in one; j6_handle_none: it is free. For who lists them. */
uint32_t handle_slots(const struct handle_table *table);
j6_handle_t handle_in_slot(const struct handle_table *table, uint32_t index);

/*
 * A new handle with these rights. bad_handle (the object, found without a reference, has ended),
 * bad_state (the table is closed), quota, no_memory.
 */
j6_status_t handle_insert(struct handle_table *table, struct kobject *object, uint64_t rights,
                          j6_handle_t *out_handle) J6_MUST_USE;

/* The same to an object with a badge; and to what a handle names that the caller doesn't keep. */
j6_status_t handle_insert_target(struct handle_table *table, handle_target_t target,
                                 uint64_t rights, j6_handle_t *out_handle) J6_MUST_USE;
j6_status_t handle_copy(const struct handle_table *from, j6_handle_t handle,
                        struct handle_table *to, uint64_t rights,
                        j6_handle_t *out_handle) J6_MUST_USE;

/* bad_handle if it isn't open (any more). */
j6_status_t handle_remove(struct handle_table *table, j6_handle_t handle);

/* All rights that the type has. */
uint64_t handle_all_rights(enum j6_type type);
