/* SPDX-License-Identifier: MIT */
/*
 * Which page belongs at which offset of an area: a 64-ary radix tree keyed by page number (offset
 * divided by the page size), as many levels as the largest number present needs. It holds page
 * addresses and knows nothing of frames.
 *
 *     level 1          [ | |*| ... |*| ]            64 children, 4096 pages
 *                           |       |
 *     level 0       [p| |p...]   [ |p...]           64 pages
 *
 * Rules for page_tree: everything but page_tree_peek is called with the owner's lock held. No node
 * is empty, and the root is no taller than it must be, so an empty tree owns no memory. An insert
 * that fails changes nothing. Removing needs no memory and can't fail.
 *
 * Readers without a lock (page_tree_peek) see each entry as it was or as it is: a node is complete
 * before a release store links it, a node that is taken out keeps its links, and its memory must
 * stay until a grace period has passed. `last_leaf` is set under the lock alone, and moved off a
 * leaf before that leaf is freed: a reader that still finds the leaf through it is as early as one
 * that has walked there.
 */
#pragma once
#include "arch/types.h"
#include <j6/status.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_TREE_BITS = 6, /* of the page number, by level */
    PAGE_TREE_FANOUT = 1 << PAGE_TREE_BITS,
    PAGE_TREE_LEVELS = 6,
};

#define PAGE_TREE_PAGES (1ull << (PAGE_TREE_BITS * PAGE_TREE_LEVELS))

struct page_tree_node {
    /* Immutable after it is linked. */
    uint64_t first; /* the lowest page number that it covers */
    uint32_t level; /* 0: a leaf */
    uint32_t refs;  /* trees and nodes that link it: 1 */

    /* Guarded by the lock of the tree; entries are read without it too. */
    uint64_t present; /* bit n: entry n is used */
    union {
        struct page_tree_node *children[PAGE_TREE_FANOUT]; /* above level 0 */
        paddr_t pages[PAGE_TREE_FANOUT];                   /* 0: none */
    };
};

/* A zeroed tree is empty. */
struct page_tree {
    struct page_tree_node *root;      /* NULL: empty */
    struct page_tree_node *last_leaf; /* where the last operation was, or NULL */
};

/*
 * Page addresses aren't 0; their low twelve bits are the caller's. j6_err_collision: there is a
 * page already. j6_err_out_of_range: the number is PAGE_TREE_PAGES or more. j6_err_no_memory.
 */
J6_MUST_USE j6_status_t page_tree_insert(struct page_tree *tree, uint64_t number, paddr_t page);

/* The page with that number; 0 when there is none. */
paddr_t page_tree_find(struct page_tree *tree, uint64_t number);

/* The same without the lock, until the next grace period. */
paddr_t page_tree_peek(const struct page_tree *tree, uint64_t number);

/* Takes the page out and returns it; 0 when there is none. */
paddr_t page_tree_remove(struct page_tree *tree, uint64_t number);

/*
 * The first page at or after `number`, with its own number in *out_number; 0 when there is none.
 * Holes cost nothing. Walking [first, end):
 *
 *     for (page = page_tree_next(tree, first, &number); page && number < end;
 *          page = page_tree_next(tree, number + 1, &number))
 */
paddr_t page_tree_next(struct page_tree *tree, uint64_t number, uint64_t *out_number);

/*
 * One step of emptying [*number, end): moves at most `cap` ≥ 1 pages into `pages`, and *number
 * behind the last of them, or to `end` when the range is done. Returns how many it moved.
 */
size_t page_tree_remove_step(struct page_tree *tree, uint64_t *number, uint64_t end, paddr_t *pages,
                             size_t cap);

/*
 * Provided by the embedder: memory for one node, or NULL, and the way back, on which it isn't
 * reused before a grace period has passed.
 */
struct page_tree_node *page_tree_node_alloc(void);
void page_tree_node_free(struct page_tree_node *node);
