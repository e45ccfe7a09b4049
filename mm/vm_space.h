/* SPDX-License-Identifier: MIT */
/*
 * vm_space: an address space. Page tables, and the set of mappings that says what they may hold; the
 * tables are only a cache of it, filled by page faults.
 *
 * Rules: a mapping's place (area, start, end, offset), its flags and `linked` change only with the
 * locks of its space and of its area held, so either is enough to read them. While a mapping is being
 * taken out it stays among its area's views, and its addresses stay taken, until no TLB has a page of
 * it.
 *
 * A mapping that was found, and whose space isn't locked any more, may be cut, joined with another or
 * taken out; and since a space keeps one that was taken out for the next time, it may become another:
 *
 *   1. who looks for a page finds the mapping with the space's lock held, and notes its area A;
 *   2. others take it out, with A's lock held: its area is NULL from then on;
 *   3. it is used again, for an area B, with B's lock held;
 *   4. who has found it takes A's lock, and sees whether its area is A, and whether it holds the
 *      address and allows the access; if not, he looks for another.
 *
 * A is still readable in 4, and so is the mapping, until the call leaves the kernel or comes to a step
 * point: both are freed only after a grace period. The mapping's area is A there exactly if it is one
 * of A's, and stays that while A's lock is held, since 2 and 3 need the lock of the area that they
 * leave and come to. It may be a later one of A's than was found: all that is read of it in 4 is of
 * that one, in the same space.
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

struct vm_space {
    /* Immutable after create */
    struct account *account; /* pays for page tables and mappings */
    vaddr_t window;          /* where addresses are chosen */
    vaddr_t first_place;     /* in the window, at random: from here on */
    /* Guarded by lock */
    struct spinlock lock;
    struct avl_tree mappings;
    struct vm_mapping *last;  /* the one found or made last, or NULL */
    struct vm_mapping *spare; /* one that is nowhere, kept for the next time, or NULL */
    /* Guarded by table_lock */
    struct spinlock table_lock;
    struct page_table table;
};

struct vm_mapping {
    /* Immutable after create */
    struct vm_space *space;
    /* Guarded by the locks of space and area, see above */
    struct vm_area *area; /* NULL: it is nowhere */
    vaddr_t start;
    vaddr_t end;
    uint64_t offset;          /* into the area, of start */
    uint32_t flags;           /* j6_map_… */
    bool whole;               /* of the whole area: follows its size */
    bool linked;              /* it gets pages */
    page_bits_t page_bits[2]; /* of its page-table entries: read-only, and as its flags say */
    /* Guarded by the area's lock */
    bool shown; /* the page table may have entries for it */
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
 * caller's. No access flags: a reserved range. With j6_map_fixed_size every page is there from now on
 * and stays. invalid_arg (alignment, W and X, W or X without R), out_of_range, collision, bad_state
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
 * that aren't access), not_found, quota, no_memory.
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
 * The mapping that holds the address and allows the access, or NULL, and its area. Both stay readable
 * until the call leaves the kernel or passes a step point; what the mapping is by then only the area's
 * lock tells.
 */
struct vm_mapping *vm_space_find(struct vm_space *space, vaddr_t address, enum vm_access access,
                                 struct vm_area **out_area);

/*
 * Is it the area's, does it hold the address, and allow the access? Its space's or the area's lock is
 * held.
 */
bool vm_mapping_allows_locked(const struct vm_mapping *mapping, const struct vm_area *area,
                              vaddr_t address, enum vm_access access);

/*
 * Lets a mapping that follows the area, if it still does, end at the area's new size. collision if it
 * has no room for that.
 */
j6_status_t vm_mapping_set_size(struct vm_area *area, struct vm_mapping *mapping,
                                uint64_t size) J6_MUST_USE;
