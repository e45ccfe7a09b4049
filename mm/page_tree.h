/* SPDX-License-Identifier: MIT */
/*
 * Which page belongs at which offset of an area: a 64-ary radix tree keyed by page number (offset
 * divided by the page size), as many levels as the largest number present needs. Trees share nodes:
 * a clone is a link to another tree's nodes, and whoever writes first copies the way.
 *
 *      tree A      tree B, a clone of A that has written to page 65
 *           \      /  \
 *      level 1  [* * *]  [* * *]          two nodes with refs 1; 64 children, 4096 pages each
 *                |  \ \__/_|_/ |
 *                |   \____/ \  |          the first child of both: refs 2
 *      level 0  [p..] [p..]  [p..]        64 pages each; the second is A's, its copy is B's
 *
 * Rules: a call on a tree is made with its owner's lock held, page_tree_clone with the source's; the
 * clone is in nobody's hands yet. No node is empty, and the root is no taller than the largest
 * number needs, shared or not: a root with nothing but its first child gives way to that child. So
 * an empty tree owns no memory, and a clone of a low part is a low tree. What fails changes no page.
 * Taking out of a way that is the tree's own needs no memory and can't fail.
 *
 * Sharing. refs counts the links to a node: from roots and from nodes above. A node is a tree's own
 * if it and all nodes above it, up to the root, have one link. Only what is own is changed, so a
 * node with two links is constant. Own stays own under the lock: another link can only come from a
 * clone of this tree, which is made under the same lock. What is shared may become own at any time.
 * A node holds its children and its pages by one reference each.
 *
 * Races between trees X and Y under different locks, which share node N with child C (or page C):
 *
 *   1. X finds N shared, reads it, adds a link to C for its copy of N, and only then drops its link
 *      to N (release). C can't go meanwhile: N holds it, and X holds N.
 *   2. Y finds one link to N (acquire, the partner of 1): X has read all that it wanted of N, and Y
 *      sees the link to C that X added, so that Y changes N but copies C.
 *   3. X and Y both find N shared, and both copy it. Who drops the last link (each drop is an
 *      acquire too) frees N, and with it N's links to C; the two copies hold C, so C stays.
 *   4. X took C out of its tree, but a TLB still knows the page: X holds the link to the leaf, or
 *      the page, in a struct page_taken. Y may drop its own; nothing is freed before X's put.
 *   5. X ends and drops N while Y drops it too: one of them drops the last link. If that is an
 *      inner node in page_tree_drop_step it makes it its own again, to be emptied step by step.
 */
#pragma once
#include "arch/types.h"
#include <j6/status.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_TREE_BITS = 6, /* of the page number, by level */
    PAGE_TREE_FANOUT = 1 << PAGE_TREE_BITS,
    PAGE_TREE_LEVELS = 6,
};

#define PAGE_TREE_PAGES (1ull << (PAGE_TREE_BITS * PAGE_TREE_LEVELS))

struct account;

struct page_tree_node {
    /* Immutable */
    uint64_t first;          /* the lowest page number that it covers */
    uint32_t level;          /* 0: a leaf */
    struct account *account; /* of the embedder: who pays for the node */

    /* Atomic */
    _Atomic uint32_t refs; /* trees and nodes that link it */

    /* Guarded by the lock of the tree whose own it is; constant while it is nobody's */
    uint64_t pages;   /* above level 0: below this node, less the tree's delta */
    uint64_t present; /* bit n: entry n is used */
    union {
        struct page_tree_node *children[PAGE_TREE_FANOUT]; /* above level 0; NULL: none */
        paddr_t pages_at[PAGE_TREE_FANOUT];                /* level 0; 0: none */
    };
};

/* A zeroed tree is empty. Private, but for embedding. */
struct page_tree {
    struct page_tree_node *root;      /* NULL: empty */
    struct page_tree_node *last_leaf; /* where the last operation was, or NULL */
    int64_t delta;    /* pages that came to the last leaf, and that no node above it counts yet */
    bool last_is_own; /* the last leaf is the tree's own; false: unknown, and delta is 0 */
};

/* Is the last leaf the one of that number? */
static inline bool page_tree_is_last(const struct page_tree *tree, uint64_t number)
{
    return tree->last_leaf != NULL && number - tree->last_leaf->first < PAGE_TREE_FANOUT;
}

/* Of the last leaf. */
static inline paddr_t page_tree_last_page(const struct page_tree *tree, uint64_t number)
{
    return tree->last_leaf->pages_at[number % PAGE_TREE_FANOUT];
}

/* The slow parts of the two that follow: for a leaf that isn't the last one, or not known as own. */
paddr_t page_tree_find_far(struct page_tree *tree, uint64_t number);
bool page_tree_is_own_far(struct page_tree *tree, uint64_t number);

/* The page with that number; 0 when there is none. */
static inline paddr_t page_tree_find(struct page_tree *tree, uint64_t number)
{
    return page_tree_is_last(tree, number) ? page_tree_last_page(tree, number)
                                           : page_tree_find_far(tree, number);
}

/*
 * May the leaf of that number be changed in place: is every node on the way the tree's own? Without
 * a leaf: every node as far as the way goes.
 */
static inline bool page_tree_is_own(struct page_tree *tree, uint64_t number)
{
    return (tree->last_is_own && page_tree_is_last(tree, number)) ||
           page_tree_is_own_far(tree, number);
}

/* The page if it lies in the last leaf, and that is the tree's own; 0: not there, or elsewhere. */
static inline paddr_t page_tree_last_own(const struct page_tree *tree, uint64_t number)
{
    bool own = tree->last_is_own && page_tree_is_last(tree, number);
    return own ? page_tree_last_page(tree, number) : 0;
}

/*
 * The first page at or after `number`, with its own number in *out_number; 0 when there is none.
 * Holes cost nothing. Walking [first, end):
 *
 *     for (page = page_tree_next(tree, first, &number); page && number < end;
 *          page = page_tree_next(tree, number + 1, &number))
 */
paddr_t page_tree_next(struct page_tree *tree, uint64_t number, uint64_t *out_number);

/* How many pages there are, and how many of them in [first, end); no leaf is visited for each. */
uint64_t page_tree_pages(const struct page_tree *tree);
uint64_t page_tree_count(struct page_tree *tree, uint64_t first, uint64_t end);

/*
 * Copies the shared nodes on the way to the number, so that page_tree_is_own. quota, no_memory: the
 * tree has the same pages, and a part of the way may be own.
 */
J6_MUST_USE j6_status_t page_tree_own(struct page_tree *tree, uint64_t number);

/*
 * Puts a page where none is; the caller's reference to it becomes the tree's. The way is own
 * afterwards. Page addresses aren't 0; their low twelve bits are the caller's. collision: there is
 * a page already. out_of_range: the number is PAGE_TREE_PAGES or more. quota, no_memory.
 */
J6_MUST_USE j6_status_t page_tree_insert(struct page_tree *tree, uint64_t number, paddr_t page);

/*
 * Puts another page in the place of the one with that number, on a way that is own. Returns the old
 * page; its reference passes to the caller, the new page's to the tree.
 */
paddr_t page_tree_replace(struct page_tree *tree, uint64_t number, paddr_t page);

/* What one step took out of a tree: to be put when no TLB knows the pages any more. */
struct page_taken {
    uint64_t removed;            /* pages that the tree has less */
    uint64_t first, end;         /* the numbers of the first of them, and behind the last */
    struct page_tree_node *leaf; /* the link to a leaf that was taken as a whole, or NULL */
    uint32_t count;              /* of `pages`, which were taken out of a leaf that stays */
    paddr_t pages[PAGE_TREE_FANOUT];
};

/*
 * One step of emptying [*number, end): takes out what the first leaf with a page in it has of the
 * range, and moves *number behind that leaf, at most to `end`. With nothing left, removed is 0 and
 * *number is `end`. A leaf with no other page is taken as it is, also a shared one; else, and for
 * the nodes above, the way is made own. quota, no_memory: nothing was taken.
 */
J6_MUST_USE j6_status_t page_tree_take(struct page_tree *tree, uint64_t *number, uint64_t end,
                                       struct page_taken *out_taken);

/* Gives up what was taken. Needs no lock. */
void page_tree_taken_put(struct page_taken *taken);

/*
 * Makes `clone`, which is empty, show the pages [first, end) of `source` under the same numbers, by
 * links to the topmost nodes without other pages and copies of the nodes at the ends: the cost
 * depends on the nodes of two ways, not on the pages. quota, no_memory: the clone is empty, the
 * source as it was.
 */
J6_MUST_USE j6_status_t page_tree_clone(struct page_tree *clone, struct page_tree *source,
                                        uint64_t first, uint64_t end);

/*
 * Drops pages from `first` on that no TLB knows any more, a leaf or the link to a shared node in a
 * step; returns how many, 0 when there are none left. The way to `first` is own, or no page lies
 * before it and it is 0. Needs no memory.
 */
uint64_t page_tree_truncate_step(struct page_tree *tree, uint64_t first);

/* The same with all pages, for an owner that is ending: true while there is more. */
bool page_tree_drop_step(struct page_tree *tree);

/*
 * Provided by the embedder. Memory for a node of that tree, with `account` set and all else
 * undefined; and the way back, on which it may be used again at once. quota, no_memory.
 */
J6_MUST_USE j6_status_t page_tree_node_alloc(struct page_tree *tree,
                                             struct page_tree_node **out_node);
void page_tree_node_free(struct page_tree_node *node);

/* Provided by the embedder: one reference more to a page, and one less. */
void page_tree_page_get(paddr_t page);
void page_tree_page_put(paddr_t page);
