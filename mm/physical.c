/* SPDX-License-Identifier: MIT */
/*
 * The notes on what lies where are few and made at boot, so they are a list. Claims are interval
 * trees, one for each caching type: by start, and each node knows the last end of its subtree, so
 * whether anything overlaps a range is found in O(log n) however many claims share a page.
 */
#include "mm/physical.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/assert.h"
#include "kernel/base/spinlock.h"
#include "lib/container.h"
#include "mm/slab.h"

enum { CACHING_TYPES = (PAGE_CACHE_MASK >> PAGE_CACHE_SHIFT) + 1 };

/* The boot loader's ranges, tables besides, and at the end the controllers: APIC and I/O APICs. */
enum {
    TABLES_MAX = 47,
    CONTROLLERS_MAX = 17,
    NOTES_MAX = BOOT_RANGES_MAX + TABLES_MAX + CONTROLLERS_MAX,
};

struct note {
    paddr_t start;
    paddr_t end;
    enum physical_kind kind;
    uint32_t caching; /* of the offset map; of controllers: the kernel's own */
};

SLAB_CACHE(claim_cache, "physical_claim", struct physical_claim);

paddr_t physical_limit;

/* Immutable after boot. */
static struct note notes[NOTES_MAX];
static size_t note_count;

static struct {
    struct spinlock lock;
    /* Guarded by lock */
    struct avl_tree of_type[CACHING_TYPES];
} claims = {.lock = SPINLOCK_INIT(RANK_PHYSICAL)};

static void note_add(paddr_t start, paddr_t end, enum physical_kind kind, uint32_t caching)
{
    assert(note_count < NOTES_MAX);
    notes[note_count++] = (struct note){start, end, kind, caching};
}

void physical_init(const struct boot_info *boot, paddr_t limit)
{
    physical_limit = limit;
    note_count = 0;
    for (size_t i = 0; i < boot->range_count; i++) {
        const struct boot_range *range = &boot->ranges[i];
        switch (range->type) {
        case BOOT_RANGE_AVAILABLE:
            note_add(range->start, range->end, PHYSICAL_KERNEL, page_memory_caching);
            break;
        case BOOT_RANGE_ACPI_RECLAIMABLE:
        case BOOT_RANGE_NVS:
            note_add(range->start, range->end, PHYSICAL_TABLES, PAGE_WRITE_THROUGH);
            break;
        default: break;
        }
    }
}

static bool note_overlaps(const struct note *note, paddr_t start, paddr_t end)
{
    return note->start < end && note->end > start;
}

enum physical_kind physical_kind(paddr_t start, paddr_t end)
{
    enum physical_kind kind = PHYSICAL_DEVICE;
    for (size_t i = 0; i < note_count; i++) {
        if (notes[i].kind > kind && note_overlaps(&notes[i], start, end)) {
            kind = notes[i].kind;
        }
    }
    return kind;
}

void physical_add_tables(paddr_t start, paddr_t end)
{
    for (size_t i = 0; i < note_count; i++) {
        if (notes[i].kind == PHYSICAL_TABLES && notes[i].start <= start && notes[i].end >= end) {
            return;
        }
    }
    if (note_count < NOTES_MAX - CONTROLLERS_MAX) {
        note_add(start, end, PHYSICAL_TABLES, PAGE_WRITE_THROUGH);
    }
}

static struct physical_claim *claim_of(struct avl_node *node)
{
    return container_of(node, struct physical_claim, node);
}

/* By start; of those with the same start, by where the claims themselves lie. */
static int claim_compare(const void *key, const struct avl_node *node)
{
    const struct physical_claim *a = key;
    const struct physical_claim *b = container_of(node, const struct physical_claim, node);
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a == b ? 0 : a < b ? -1 : 1;
}

/*
 * Does any claim of the tree overlap the range? Where the left subtree reaches beyond the range's
 * start and yet holds none that does, one of it begins behind the range, as does all on the right.
 */
static bool overlaps_locked(const struct avl_tree *tree, paddr_t start, paddr_t end)
{
    struct avl_node *node = tree->root;
    while (node != NULL) {
        const struct physical_claim *claim = claim_of(node);
        if (claim->start < end && claim->end > start) {
            return true;
        }
        struct avl_node *left = node->child[0];
        node = left != NULL && left->max > start ? left : node->child[1];
    }
    return false;
}

/* Is a page of the range in the offset map with another type? */
static bool collides_with_notes(paddr_t start, paddr_t end, uint32_t caching)
{
    for (size_t i = 0; i < note_count; i++) {
        if (notes[i].caching != caching && note_overlaps(&notes[i], start, end)) {
            return true;
        }
    }
    return false;
}

static bool collides_locked(paddr_t start, paddr_t end, uint32_t caching)
{
    for (unsigned type = 0; type < CACHING_TYPES; type++) {
        if (type != caching >> PAGE_CACHE_SHIFT &&
            overlaps_locked(&claims.of_type[type], start, end)) {
            return true;
        }
    }
    return false;
}

j6_status_t physical_claim(struct physical_claim *claim, paddr_t start, paddr_t end,
                           uint32_t caching)
{
    assert(start < end && (caching & ~(uint32_t)PAGE_CACHE_MASK) == 0);
    if (collides_with_notes(start, end, caching)) {
        return j6_err_collision;
    }
    spinlock_lock(&claims.lock);
    bool collides = collides_locked(start, end, caching);
    if (!collides) {
        struct avl_tree *tree = &claims.of_type[caching >> PAGE_CACHE_SHIFT];
        claim->start = start;
        claim->end = end;
        claim->node.value = end;
        claim->caching = caching;
        bool inserted = avl_insert(tree, &claim->node, claim, claim_compare);
        assert(inserted);
    }
    spinlock_unlock(&claims.lock);
    return collides ? j6_err_collision : j6_status_ok;
}

void physical_release(struct physical_claim *claim)
{
    spinlock_lock(&claims.lock);
    avl_remove(&claims.of_type[claim->caching >> PAGE_CACHE_SHIFT], &claim->node);
    spinlock_unlock(&claims.lock);
}

j6_status_t physical_claim_for_good(paddr_t start, paddr_t end, uint32_t caching)
{
    struct physical_claim *claim = slab_alloc(&claim_cache);
    if (claim == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = physical_claim(claim, start, end, caching);
    if (status != j6_status_ok) {
        slab_free(&claim_cache, claim);
    }
    return status;
}

void upcall_device_reserve(paddr_t start, paddr_t end)
{
    note_add(start, end, PHYSICAL_KERNEL, PAGE_UNCACHED);
}
