/* SPDX-License-Identifier: MIT */
/*
 * vm_area: the object behind a vma handle. An area owns pages and knows which page belongs at which
 * offset; spaces only map them, and the area knows every mapping.
 *
 *   fixed   a given physical range; frames aren't the area's
 *   open    pages come on demand, zeroed, and live until the area shrinks or ends
 *
 * Rules: page-table entries for an area's pages change only with the area's lock held, so what takes
 * pages away sees all of them. Order of locks: space, area, page table. An area lives while a handle
 * or a mapping does. Sizes and offsets are bytes, multiples of the page size.
 */
#pragma once
#include "kernel/base/kobject.h"
#include "lib/list.h"
#include "mm/page_tree.h"
#include <j6/flags.h>

#define VM_AREA_MAX_SIZE (1ull << 47)

struct vm_area;

/* What a fixed area lies on. */
struct vm_backing {
    /* Called once, when nobody maps the area any more: it was revoked, or ends. */
    void (*release)(struct vm_backing *backing);
};

enum vm_area_kind {
    VM_AREA_FIXED,
    VM_AREA_OPEN,
};

struct vm_area {
    struct kobject object;
    /* Immutable after create */
    enum vm_area_kind kind;
    uint32_t flags;             /* j6_vma_flag_… */
    uint32_t page_flags;        /* caching, of enum page_flags */
    paddr_t physical;           /* fixed */
    struct vm_backing *backing; /* fixed; NULL: none */
    /* Guarded by resize_lock: one resize at a time */
    struct spinlock resize_lock;
    /* Guarded by lock */
    struct spinlock lock;
    uint64_t size;
    bool revoked;
    struct page_tree pages; /* open */
    struct list mappings;   /* struct vm_mapping, in no order */
    uint64_t mapping_count;
    uint64_t mapping_changes; /* how often one came or went */
};

/* out_of_range: size 0 or too large. quota, no_memory. */
j6_status_t vm_area_create_open(struct account *account, uint64_t size, uint32_t flags,
                                struct vm_area **out_area) J6_MUST_USE;
j6_status_t vm_area_create_fixed(struct account *account, paddr_t physical, uint64_t size,
                                 uint32_t page_flags, struct vm_area **out_area) J6_MUST_USE;

/* For a fixed area that nobody else has seen yet. */
void vm_area_set_backing(struct vm_area *area, struct vm_backing *backing);

/* An open area whose pages are frames that exist already, and are the area's from now on. */
j6_status_t vm_area_adopt(struct account *account, paddr_t physical, uint64_t size,
                          struct vm_area **out_area) J6_MUST_USE;

/*
 * The page at an offset, made if there is none. out_of_range beyond the size; bad_state once it was
 * revoked; quota, no_memory.
 */
j6_status_t vm_area_page_locked(struct vm_area *area, uint64_t offset,
                                paddr_t *out_page) J6_MUST_USE;

/*
 * The same, with a reference to the frame that keeps it while no lock is held; for frame_put.
 * bad_state for a fixed area, whose pages are no frames.
 */
j6_status_t vm_area_page_get(struct vm_area *area, uint64_t offset, paddr_t *out_page) J6_MUST_USE;

/* Does [offset, offset + len) lie inside of the area? */
bool vm_area_holds(struct vm_area *area, uint64_t offset, uint64_t len);

/* Copies kernel memory into an open area. out_of_range, quota, no_memory. */
j6_status_t vm_area_write(struct vm_area *area, uint64_t offset, const void *data,
                          uint64_t len) J6_MUST_USE;

/*
 * Changes the size. Mappings of the whole area follow it. bad_state if it isn't resizable,
 * out_of_range, collision if a mapping that follows has no room; then nothing has changed.
 */
j6_status_t vm_area_resize(struct vm_area *area, uint64_t size) J6_MUST_USE;

/*
 * Takes a revocable area out of every space for good, and gives up what it lies on: accesses are
 * faults from then on, further mappings bad_state. Revoking it again changes nothing.
 */
void vm_area_revoke(struct vm_area *area);

/* Where a fixed area lies. bad_state: it isn't fixed, or it was revoked. */
j6_status_t vm_area_physical(struct vm_area *area, paddr_t *out_start,
                             uint64_t *out_size) J6_MUST_USE;

struct vm_area *vm_area_of(struct kobject *object);
