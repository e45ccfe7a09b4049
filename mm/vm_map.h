/* SPDX-License-Identifier: MIT */
/*
 * Inside of mm: mappings as such. A mapping is in the set of its space and among the views of its
 * area from its making until no page of it is left in any TLB; `linked`, it admits faults.
 */
#pragma once
#include "mm/vm_space.h"

/*
 * A mapping that is nowhere yet, charged to the space's account, with a reference to the area, which
 * the caller holds. quota, no_memory.
 */
j6_status_t vm_mapping_create(struct vm_space *space, struct vm_area *area,
                              struct vm_mapping **out_mapping) J6_MUST_USE;

/* Frees one that is nowhere any more, or never was. */
void vm_mapping_discard(struct vm_mapping *mapping);

/* What it allows from now on; the locks of space and area are held. */
void vm_mapping_set_flags_locked(struct vm_mapping *mapping, uint64_t flags);

/* Joins a mapping with the one behind it, which is returned, if they are alike; else NULL. */
struct vm_mapping *vm_mapping_join_locked(struct vm_mapping *mapping);

/* Admits no fault any more; the locks of space and area are held. */
void vm_mapping_unlink_locked(struct vm_mapping *mapping);

/*
 * One step of taking the mappings of a revoked area out, which nobody fills any more: clears some
 * entries of one, or takes it out if it shows nothing. False: there are only those left that others
 * are taking out. The caller holds the area.
 */
bool vm_mapping_remove_revoked(struct vm_area *area);

/* Mappings for the pieces that are left when one is cut; NULL: not needed. */
struct vm_spares {
    struct vm_mapping *mapping[2];
};
j6_status_t vm_spares_get(struct vm_space *space, struct vm_area *area, uint64_t len,
                          struct vm_spares *spares) J6_MUST_USE;
void vm_spares_put(struct vm_spares *spares);

/*
 * The area's mapping of exactly [address, address + len), cut out of a larger one if need be; len 0:
 * the whole mapping that begins there. NULL if there is none. Both locks are held.
 */
struct vm_mapping *vm_mapping_carve_locked(struct vm_space *space, const struct vm_area *area,
                                           vaddr_t address, uint64_t len, struct vm_spares *spares);
