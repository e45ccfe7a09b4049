/* SPDX-License-Identifier: MIT */
/*
 * vm_space: an address space. Page tables, and the set of mappings that says what they may hold; the
 * tables are only a cache of it, filled by page faults.
 *
 * Rules: a mapping's place (start, end, offset), its flags and `linked` change only with the locks of
 * its space and of its area held, so either is enough to read them. A mapping found under the space's
 * lock stays readable until the call leaves the kernel or comes to a step point, by the grace period;
 * but it may be cut, joined with another or taken out meanwhile, so under the area's lock who found it
 * asks again whether it has the address, and if not looks for another. While a mapping is being taken
 * out it stays among its area's views, and its addresses stay taken, until no TLB has a page of it.
 */
#pragma once
#include "arch/page_table.h"
#include "kernel/base/grace.h"
#include "kernel/base/spinlock.h"
#include "lib/avl.h"
#include "lib/list.h"
#include "mm/vm_views.h"
#include <j6/flags.h>
#include <j6/status.h>

struct account;
struct vm_area;

#define VM_WINDOW_SIZE (1ull << 30)

/*
 * A flag of mappings beside j6_map_…: made writable and of fixed size, so every page is the area's own
 * and stays so, whatever the mapping allows meanwhile.
 */
#define VM_MAPPING_OWNS (1u << 16)

static inline uint32_t vm_mapping_owns(uint64_t map_flags)
{
    bool owns = (map_flags & j6_map_fixed_size) && (map_flags & j6_map_write);
    return owns ? VM_MAPPING_OWNS : 0;
}

struct vm_space {
    /* Immutable after create */
    struct account *account; /* pays for page tables and mappings */
    vaddr_t window;          /* where addresses are chosen */
    vaddr_t first_place;     /* in the window, at random: from here on */
    /* Guarded by lock */
    struct spinlock lock;
    struct avl_tree mappings;
    struct vm_mapping *last; /* the one found or made last, or NULL */
    /* Guarded by table_lock */
    struct spinlock table_lock;
    struct page_table table;
};

struct vm_mapping {
    /* Immutable after create */
    struct vm_space *space;
    struct vm_area *area;
    /* Guarded by the locks of space and area, see above */
    vaddr_t start;
    vaddr_t end;
    vaddr_t open_from;        /* start, or what lies behind its guard page: no access below */
    uint64_t offset;          /* into the area, of start */
    uint32_t flags;           /* j6_map_… */
    bool whole;               /* of the whole area: follows its size */
    bool linked;              /* it gets pages */
    page_bits_t page_bits[2]; /* of its page-table entries: read-only, and as its flags say */
    /* Guarded by the area's lock */
    vaddr_t shown_from; /* the page table has no entries for it below that */
    struct view_node view;
    struct list_node follower; /* if whole */
    /* Guarded by the space's lock */
    struct avl_node node; /* its value: the free bytes before start */
    /* After it was taken out */
    struct grace_item grace;
};

/* The kernel's own space, in static storage: it exists before any allocator. */
extern struct vm_space kernel_space;
void vm_space_init_kernel(void);

j6_status_t vm_space_init(struct vm_space *space, struct account *account) J6_MUST_USE;

/* Takes every mapping out and gives the tables back. Nobody uses the space, no CPU has it loaded. */
void vm_space_destroy(struct vm_space *space);

/*
 * Maps [offset, offset + len) of the area at *address; 0 or, unless j6_map_exact is set, a taken
 * address: the kernel chooses. len 0: the whole area, following its size. Checks of rights are the
 * caller's. No access flags: a reserved range. With j6_map_guard the first page is one, as long as the
 * mapping has it, whatever else that allows. With j6_map_fixed_size every page is there from now on and
 * stays. invalid_arg (alignment, W and X, W or X without R), out_of_range, collision, bad_state
 * (the area was revoked; fixed_size: it may shrink or be revoked), quota, no_memory, cancelled.
 */
j6_status_t vm_space_map(struct vm_space *space, struct vm_area *area, vaddr_t *address,
                         uint64_t offset, uint64_t len, uint64_t flags) J6_MUST_USE;

/* Can a mapping be made with these flags, or be given them later? */
bool vm_map_flags_ok(uint64_t flags);
bool vm_protect_flags_ok(uint64_t flags);

/*
 * Takes [address, address + len) out, which lies in one mapping of the area; len 0: the whole
 * mapping. not_found if there is none such; quota, no_memory for splitting it. Goes in steps: the
 * caller holds references to space and area.
 */
j6_status_t vm_space_unmap(struct vm_space *space, struct vm_area *area, vaddr_t address,
                           uint64_t len);

/*
 * Changes the access flags of [address, address + len) likewise. invalid_arg (alignment, flags
 * that aren't access), bad_state (writing, to a mapping of fixed size that was made without), not_found,
 * quota, no_memory.
 */
j6_status_t vm_space_protect(struct vm_space *space, struct vm_area *area, vaddr_t address,
                             uint64_t len, uint64_t flags) J6_MUST_USE;

/* One bit, the same as in the flags of a mapping. */
enum vm_access {
    VM_ACCESS_READ = j6_map_read,
    VM_ACCESS_WRITE = j6_map_write,
    VM_ACCESS_EXEC = j6_map_exec,
};

/*
 * Brings in the page behind a faulting address. bad_address if no mapping allows the access;
 * quota, no_memory.
 */
j6_status_t vm_space_fault(struct vm_space *space, vaddr_t address,
                           enum vm_access access) J6_MUST_USE;

/* The same for the space that this CPU has loaded; bad_address if that is the kernel's. */
j6_status_t vm_space_fault_loaded(vaddr_t address, enum vm_access access) J6_MUST_USE;

/*
 * Which byte of which area an address shows, for who must know it again in other spaces. False: no
 * mapping allows the access.
 */
bool vm_space_locate(struct vm_space *space, vaddr_t address, enum vm_access access,
                     j6_koid_t *out_area, uint64_t *out_offset);

/* From where on the page table may have entries for it; its end: it has none. */
static inline vaddr_t vm_mapping_shown_from_locked(const struct vm_mapping *mapping)
{
    vaddr_t from = mapping->shown_from > mapping->start ? mapping->shown_from : mapping->start;
    return from < mapping->end ? from : mapping->end;
}

/*
 * Does it hold the address, and allow the access? A guard page allows none. Its space's or its area's lock is
 * held.
 */
static inline bool vm_mapping_allows_locked(const struct vm_mapping *mapping, vaddr_t address,
                                            enum vm_access access)
{
    return address - mapping->open_from < mapping->end - mapping->open_from && mapping->linked &&
           (mapping->flags & access);
}

/* The slow part of vm_space_find: looks beyond the mapping found last. */
struct vm_mapping *vm_space_search_locked(struct vm_space *space, vaddr_t address,
                                          enum vm_access access);

/*
 * The mapping that holds the address and allows the access, or NULL. It stays readable until the call
 * leaves the kernel or passes a step point; whether it still does both only its area's lock tells.
 */
static inline struct vm_mapping *vm_space_find(struct vm_space *space, vaddr_t address,
                                               enum vm_access access)
{
    spinlock_lock(&space->lock);
    struct vm_mapping *mapping = space->last;
    if (mapping == NULL || !vm_mapping_allows_locked(mapping, address, access)) {
        mapping = vm_space_search_locked(space, address, access);
    }
    spinlock_unlock(&space->lock);
    return mapping;
}

/* Lets mappings that follow the area end at its new size, which they must have room for. */
j6_status_t vm_mapping_set_size(struct vm_mapping *mapping, uint64_t size) J6_MUST_USE;
