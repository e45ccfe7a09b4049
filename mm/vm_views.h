/* SPDX-License-Identifier: MIT */
/*
 * The views of an area: its mappings, as an interval tree by their offset into the area. Which of them
 * show a page is found in O(log n) and the number of those. Pure: no locks, no allocation; all calls
 * with the area's lock held.
 */
#pragma once
#include "lib/avl.h"
#include <stdint.h>

struct vm_mapping;

struct view_set {
    struct avl_tree tree;
};

/* Embedded in a mapping. */
struct view_node {
    struct avl_node
        node;       /* its value: the last offset that it shows; ~0: it follows the area's size */
    uint64_t first; /* the first one */
};

/* Prepares the empty set. */
void view_set_init(struct view_set *set);

/* Is there one view, and no more? */
static inline bool view_set_has_one(const struct view_set *set)
{
    return set->tree.root != NULL && set->tree.root->height == 1;
}

/* Enters a mapping that shows [first, last]. */
void view_insert(struct view_set *set, struct vm_mapping *mapping, uint64_t first, uint64_t last);
void view_remove(struct view_set *set, struct vm_mapping *mapping);

/* The offset at which it ends has changed. */
void view_set_last(struct vm_mapping *mapping, uint64_t last);

/*
 * The first view that shows any of [first, last], and the one after another; NULL: no more.
 * In the order of their offsets.
 */
struct vm_mapping *view_first(const struct view_set *set, uint64_t first, uint64_t last);
struct vm_mapping *view_next(const struct vm_mapping *mapping, uint64_t first, uint64_t last);
