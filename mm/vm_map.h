/* SPDX-License-Identifier: MIT */
/*
 * Inside of mm: mappings as such. A mapping is in the set of its space and among the views of its
 * area from its making until no page of it is left in any TLB; `linked`, it admits faults.
 */
#pragma once
#include "mm/vm_space.h"

/* All that end in _locked are called with the locks of space and area held. */

/*
 * Takes a mapping out of both sets, of which nothing is shown (any more), or whose place another takes.
 * Its reference to the area is the caller's, to be dropped when no lock is held.
 */
void vm_mapping_remove_locked(struct vm_mapping *mapping);

/* The mapping that holds the address, or NULL; the space's lock is enough. */
struct vm_mapping *vm_mapping_find_locked(struct vm_space *space, vaddr_t address);

/* What it allows from now on. */
void vm_mapping_set_flags_locked(struct vm_mapping *mapping, uint64_t flags);

/*
 * Joins a mapping with the one behind it, if they are alike; true: that one has been removed, as by
 * vm_mapping_remove_locked.
 */
bool vm_mapping_join_locked(struct vm_mapping *mapping);

/* Admits no fault any more. */
void vm_mapping_unlink_locked(struct vm_mapping *mapping);

/*
 * One step of taking the mappings of a revoked area out, which nobody fills any more: clears some
 * entries of one, or takes it out if it shows nothing. False: there are only those left that others
 * are taking out. The caller holds the area.
 */
bool vm_mapping_remove_revoked(struct vm_area *area);

/*
 * The area's mapping of exactly [address, address + len), cut out of a larger one if need be; len 0:
 * the whole mapping that begins there. not_found; quota, no_memory for the pieces.
 */
j6_status_t vm_mapping_carve_locked(struct vm_space *space, struct vm_area *area, vaddr_t address,
                                    uint64_t len, struct vm_mapping **out_mapping) J6_MUST_USE;
