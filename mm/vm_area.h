/* SPDX-License-Identifier: MIT */
/*
 * vm_area: the object behind a vma handle. An area owns pages and knows which page belongs at which
 * offset; spaces only map them, and the area knows every mapping.
 *
 *   fixed      a given physical range; frames aren't the area's, but for DMA memory
 *   open       pages come on demand, zeroed, and live until the area gives them up. A clone is an
 *              open area that starts with the pages of another, which both share until one writes
 *
 * and two kinds that the kernel alone has, mapped in its own space over a whole region; their pages
 * are in the page tables alone, and no process has a handle:
 *
 *   guarded     sections of pages with a guard page before each (mm/guarded.h)
 *   untracked   the kernel's heap, which grows (mm/heap.h)
 *
 * Rules: page-table entries for an area's pages change only with the area's lock held, so what takes
 * pages away sees all of them. Order of locks: space, area, page table. An area lives while a handle
 * or a mapping does. It pays for every page that it holds, shared or not. Sizes and offsets are
 * bytes; offsets and lengths of ranges are multiples of the page size unless a call says otherwise.
 *
 * Pages that change hands: an entry that is taken away or replaced may live on in the TLBs of other
 * CPUs until vm_area_flush has been heard there. Until then `unflushed` is set, and nobody is let to
 * a page of the area (vm_area_lock waits), else one CPU could write to the new page while another
 * still reads or writes the old one. Who takes entries away waits too: what he finds cleared or
 * protected by another isn't yet until that one has been heard.
 *
 * Which way to the lock:
 *
 *   vm_area_lock               who looks at pages or entries, changes them, or goes by what they
 *                              are: faults, copies, ranges, clones, protecting, clearing, shrinking
 *   spinlock_lock(&area->lock) who touches no page and no entry: size, resizing and revoked alone;
 *                              mappings that are made, moved, unlinked, or removed when they show
 *                              nothing. It doesn't matter to these what TLBs still know
 *
 * vm_area_lock may give the lock up and take it again before it returns; never is it called with
 * the area's lock, or a page table's, held. If in doubt, it is right.
 */
#pragma once
#include "arch/page_table.h"
#include "kernel/base/kobject.h"
#include "lib/list.h"
#include "mm/frame.h"
#include "mm/page_tree.h"
#include "mm/vm_views.h"
#include <j6/flags.h>

#define VM_AREA_MAX_SIZE (1ull << 47)

/* What a fixed area lies on. */
struct vm_backing {
    /* Called once, when no TLB knows the area any more: it was revoked, or ends. */
    void (*release)(struct vm_backing *backing);
};

enum vm_area_kind {
    VM_AREA_FIXED,
    VM_AREA_OPEN,
    VM_AREA_GUARDED,
    VM_AREA_UNTRACKED,
};

struct vm_area {
    struct kobject object;
    /* Immutable after create */
    enum vm_area_kind kind;
    uint32_t flags;      /* j6_vma_flag_… */
    uint32_t page_flags; /* caching, of enum page_flags */
    struct {
        page_bits_t read;
        page_bits_t write;
        page_bits_t exec;
    } page_bits;                /* of entries that let users do so */
    paddr_t physical;           /* fixed */
    struct vm_backing *backing; /* fixed; NULL: none */
    uint64_t bias;              /* open: the number in the tree of the page at offset 0 */
    /* Guarded by lock; the pages only when vm_area_lock took it */
    struct spinlock lock;
    uint64_t size;
    bool resizing; /* one resize at a time */
    bool revoked;  /* it has no pages any more, and gets none */
    /* Changes that other TLBs haven't been told of yet. Atomic: who waits for 0 looks without the lock */
    _Atomic uint32_t unflushed;
    struct page_tree pages;
    struct view_set views; /* its mappings, by offset */
    struct list followers; /* mappings of the whole area: they follow its size */
};

struct page_request {
    uint64_t offset;
    bool write;
    const struct vm_mapping *by; /* whose entry the caller puts right; NULL: nobody's */
};

struct page_grant {
    paddr_t page;
    bool writable; /* it may be mapped writable: nobody else shares it */
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

struct vm_area *vm_area_of(struct kobject *object);

/* The slow parts of the two that follow: gives the lock up meanwhile, or for good. */
void vm_area_wait_locked(struct vm_area *area);
void vm_area_finish_locked(struct vm_area *area, struct page_batch *batch);

/* The lock, when no TLB is behind: the way to pages and entries. */
static inline void vm_area_lock(struct vm_area *area)
{
    spinlock_lock(&area->lock);
    if (area->unflushed != 0) {
        vm_area_wait_locked(area);
    }
}

static inline void vm_area_unlock(struct vm_area *area)
{
    spinlock_unlock(&area->lock);
}

/*
 * Gives the lock up, tells other CPUs what to forget, and frees what was taken away. Nothing else
 * is held.
 */
static inline void vm_area_flush(struct vm_area *area, struct page_batch *batch)
{
    if (page_batch_is_empty(batch)) {
        spinlock_unlock(&area->lock);
    } else {
        vm_area_finish_locked(area, batch);
    }
}

/* Where a fixed area lies. bad_state: it isn't fixed, or it was revoked. */
j6_status_t vm_area_physical(struct vm_area *area, paddr_t *out_start,
                             uint64_t *out_size) J6_MUST_USE;

/* Does [offset, offset + len), in bytes, lie inside of the area? */
bool vm_area_holds(struct vm_area *area, uint64_t offset, uint64_t len);

/* ---- pages (vm_pages.c); the lock is held ---- */

/*
 * The page at an offset, made if there is none. To write, it is made the area's alone, and entries
 * for what it replaces are cleared into the batch. out_of_range beyond the size, bad_state when the
 * area is revoked; quota, no_memory.
 */
j6_status_t vm_area_page_locked(struct vm_area *area, const struct page_request *request,
                                struct page_batch *batch, struct page_grant *grant) J6_MUST_USE;

/* The page at an offset of an open area; 0 where there is none. */
paddr_t vm_area_peek_locked(struct vm_area *area, uint64_t offset);

/* How many pages there are in [offset, offset + len). */
uint64_t vm_area_pages_locked(struct vm_area *area, uint64_t offset, uint64_t len);

/*
 * The page at an offset, if it is the area's alone: it may be written in place. Looks only where the
 * tree looked last; 0: not there, or not known to be.
 */
static inline paddr_t vm_area_own_page_locked(const struct vm_area *area, uint64_t offset)
{
    paddr_t page = page_tree_last_own(&area->pages, (offset >> PAGE_SHIFT) + area->bias);
    return page != 0 && !frame_is_shared(page) ? page : 0;
}

/* Does a mapping that shows any of [offset, offset + len) have all of these flags? */
bool vm_area_has_view_locked(const struct vm_area *area, uint64_t offset, uint64_t len,
                             uint32_t flags);

/* Clears the entries of every mapping for [offset, offset + len). */
void vm_area_hide_locked(struct vm_area *area, uint64_t offset, uint64_t len,
                         struct page_batch *batch);

/* ---- ranges (vm_range.c) ---- */

/*
 * Each goes in steps; *done tells how many bytes, from the offset on, it has come. out_of_range,
 * bad_state (a fixed or revoked area, or a decommit below a fixed_size mapping), quota, no_memory,
 * cancelled (the caller was killed).
 */

/* Makes every page that isn't there; `own`: unshares those that are. */
j6_status_t vm_area_commit(struct vm_area *area, uint64_t offset, uint64_t len, bool own,
                           uint64_t *done) J6_MUST_USE;
/* Gives pages back: they read as zero again. */
j6_status_t vm_area_decommit(struct vm_area *area, uint64_t offset, uint64_t len,
                             uint64_t *done) J6_MUST_USE;
/* Clears the pages that are there. */
j6_status_t vm_area_zero(struct vm_area *area, uint64_t offset, uint64_t len,
                         uint64_t *done) J6_MUST_USE;

/* ---- for good (vm_cut.c) ---- */

/*
 * Gives back all pages from an offset on, which nobody can reach any more: beyond the size, or of a
 * revoked area. Needs no memory if the tree owns the way to the offset.
 */
void vm_area_cut(struct vm_area *area, uint64_t offset);

/* Gives up what a fixed area lies on. */
void vm_area_backing_release(struct vm_area *area);

/*
 * Takes everything away from everybody, and gives up what the area lies on: accesses are faults from
 * then on, further mappings bad_state. Who comes while another is at it helps him: for both nothing is
 * shown any more on return. The caller holds the area.
 */
void vm_area_revoke(struct vm_area *area);

/* ---- size (vm_resize.c) ---- */

/*
 * Changes the size. Mappings of the whole area follow it. bad_state if it isn't resizable,
 * would_block while another resize is under way, out_of_range, collision if a mapping that follows
 * has no room; quota or no_memory if it ends amid shared pages. Then nothing has changed.
 */
j6_status_t vm_area_resize(struct vm_area *area, uint64_t size) J6_MUST_USE;

/* ---- clones (vm_clone.c) ---- */

/*
 * A new open area that starts as a snapshot of [offset, offset + len) of this one, its maker paying
 * for as many pages. bad_state (fixed, revoked, or below a writable mapping of fixed size), out_of_range,
 * quota, no_memory.
 */
j6_status_t vm_area_clone(struct vm_area *source, struct account *account, uint64_t offset,
                          uint64_t len, uint32_t flags, struct vm_area **out_area) J6_MUST_USE;
