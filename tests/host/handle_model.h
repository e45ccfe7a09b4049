/* SPDX-License-Identifier: MIT */
/*
 * A handle table with objects of every type to put into it, in a memory that can run out.
 * Everything is counted, and must be back at the end. Link what test_handle.c links.
 */
#pragma once
#include "kernel/handle.h"
#include "kernel/handle_slots.h"

enum {
    HANDLE_MODEL_KINDS = j6_type_count - 1,
    HANDLE_MODEL_LIMIT = 2000000,         /* of handles in the account */
    HANDLE_MODEL_FIRST_BYTES = 4096 + 56, /* what the first chunk and the directory cost */
};

/* A badge of a thing. */
struct thing_badge {
    struct badge badge;
    int gone;
};

static inline struct thing_badge *badge_of_test(struct badge *badge)
{
    return (struct thing_badge *)badge;
}

struct thing {
    struct kobject object;
    uint64_t rights_added; /* sums of those of handles */
    uint64_t rights_gone;
    int last_handles;
    int destroyed;
    int freed;
};

extern struct handle_table table;
extern struct account account;
extern struct thing things[HANDLE_MODEL_KINDS];

/* How many allocations succeed from now on, negative: all; and how many are out. */
extern int64_t allocations_left;
extern int64_t allocations_live;

/* An empty table, and one object of each type whose first reference is the test's. */
void handle_model_begin(void);

/* Closes the table and drops the objects: everything goes, and comes back to the account. */
void handle_model_end(void);

/* Makes a thing like those above. quota. */
j6_status_t thing_init(struct thing *thing, enum j6_type type) J6_MUST_USE;

/* The object of the i-th thing; they repeat. */
struct kobject *object_number(uint64_t i);

/* A new handle to it with all rights; and the end of one. Both must succeed. */
j6_handle_t insert(uint64_t i);
void remove_handle(j6_handle_t handle);

/* As if the slot had been used so often; it must be free. */
void preset_generation(uint32_t index, uint32_t generation);
