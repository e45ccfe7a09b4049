/* SPDX-License-Identifier: MIT */
/*
 * The heap as described in heap.h. A piece, with the guard page before it, is a mapping of the heap's
 * area in a set of its own, so finding room and finding a piece are O(log n).
 */
#include "mm/heap.h"
#include "arch/layout.h"
#include "kernel/base/grace.h"
#include "lib/container.h"
#include "lib/page.h"
#include "mm/kernel_pages.h"
#include "mm/slab.h"
#include "mm/vm_area.h"
#include "mm/vm_mapping.h"

SLAB_CACHE(piece_cache, "heap_piece", struct vm_mapping);

struct vm_area kernel_heap = {
    .kind = VM_AREA_UNTRACKED,
    .lock = SPINLOCK_INIT(RANK_AREA),
};

static struct avl_tree pieces; /* guarded by the area's lock */

void heap_init(void)
{
    mapping_set_init(&pieces);
}

bool heap_holds(const void *pointer)
{
    return (vaddr_t)pointer - HEAP_BASE < HEAP_SIZE;
}

/* The lowest room of len bytes becomes the piece's; false if there is none. */
static bool piece_place(struct vm_mapping *piece, uint64_t len)
{
    spinlock_lock(&kernel_heap.lock);
    struct vm_mapping *next;
    vaddr_t room = mapping_room(&pieces, HEAP_BASE, HEAP_BASE + HEAP_SIZE, len, &next);
    if (room != 0) {
        piece->start = room;
        piece->end = room + len;
        mapping_insert_before(&pieces, piece, next);
        if (piece->end - HEAP_BASE > kernel_heap.size) {
            kernel_heap.size = piece->end - HEAP_BASE;
        }
    }
    spinlock_unlock(&kernel_heap.lock);
    return room != 0;
}

/* The addresses stay taken until no TLB knows a page behind them. */
static void piece_release(struct vm_mapping *piece)
{
    vaddr_t start = piece->start + PAGE_SIZE;
    kernel_pages_unmap(start, (piece->end - start) >> PAGE_SHIFT);
    spinlock_lock(&kernel_heap.lock);
    mapping_remove(&pieces, piece);
    spinlock_unlock(&kernel_heap.lock);
    slab_free(&piece_cache, piece);
}

static void release_later(struct grace_item *item)
{
    piece_release(container_of(item, struct vm_mapping, grace));
}

void *(heap_alloc)(size_t size)
{
    uint64_t len = page_up(size);
    struct vm_mapping *piece = slab_alloc_zeroed(&piece_cache);
    if (piece == NULL) {
        return NULL;
    }
    if (!piece_place(piece, PAGE_SIZE + len)) {
        slab_free(&piece_cache, piece);
        return NULL;
    }
    if (kernel_pages_map(piece->start + PAGE_SIZE, len >> PAGE_SHIFT) != j6_status_ok) {
        grace_defer(&piece->grace, release_later); /* the caller may hold locks */
        return NULL;
    }
    return (void *)(piece->start + PAGE_SIZE);
}

void heap_free(void *pointer)
{
    spinlock_check_none_held();
    spinlock_lock(&kernel_heap.lock);
    struct vm_mapping *piece = mapping_find(&pieces, (vaddr_t)pointer);
    spinlock_unlock(&kernel_heap.lock);
    assert(piece != NULL && piece->start + PAGE_SIZE == (vaddr_t)pointer);
    piece_release(piece);
}
