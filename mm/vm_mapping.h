/* SPDX-License-Identifier: MIT */
/*
 * The ordered set of the mappings of a space: a balanced tree by address in which each node knows
 * the largest gap of its subtree, so that finding room is O(log n) as well. Pure: no locks, no
 * allocation. All calls with the space's lock held.
 */
#pragma once
#include "mm/vm_space.h"

/* Prepares the empty set. */
void mapping_set_init(struct avl_tree *set);

/* The mapping that holds the address, or NULL. */
struct vm_mapping *mapping_find(const struct avl_tree *set, vaddr_t address);

/* The first mapping that ends above the address, or NULL; the last of all; and the neighbours of one. */
struct vm_mapping *mapping_from(const struct avl_tree *set, vaddr_t address);
struct vm_mapping *mapping_last(const struct avl_tree *set);
struct vm_mapping *mapping_next(const struct vm_mapping *mapping);
struct vm_mapping *mapping_prev(const struct vm_mapping *mapping);

/* Puts mapping->start … end into the set; false, and nothing changed, if any of it is taken. */
bool mapping_insert(struct avl_tree *set, struct vm_mapping *mapping);

/* The same for a place that is known to be free: before that one; NULL: behind all others. */
void mapping_insert_before(struct avl_tree *set, struct vm_mapping *mapping,
                           struct vm_mapping *next);

void mapping_remove(struct avl_tree *set, struct vm_mapping *mapping);

/* Moves an end of a mapping; false, and nothing changed, if the room is taken. */
bool mapping_move(struct vm_mapping *mapping, vaddr_t start, vaddr_t end);

/* The lowest free stretch of len bytes in [low, high), or 0; and what comes behind it, or NULL. */
vaddr_t mapping_room(const struct avl_tree *set, vaddr_t low, vaddr_t high, uint64_t len,
                     struct vm_mapping **out_next);
