/* SPDX-License-Identifier: MIT */
/* Inside of the page tree: nodes, and the steps that its files share. */
#pragma once
#include "kernel/base/alloc_site.h"
#include "lib/bits.h"
#include "mm/page_tree.h"

#define page_tree_node_alloc(tree, out_node) \
    ALLOC_SITE(j6_err_no_memory, page_tree_node_alloc(tree, out_node))

static inline unsigned slot_of(uint64_t number, unsigned level)
{
    return number >> (PAGE_TREE_BITS * level) & (PAGE_TREE_FANOUT - 1);
}

/* How many page numbers a node of that level covers. */
static inline uint64_t reach_of(unsigned level)
{
    return 1ull << (PAGE_TREE_BITS * (level + 1));
}

static inline bool covers(const struct page_tree_node *node, uint64_t number)
{
    return number - node->first < reach_of(node->level);
}

/* The level that a root needs to cover the number. */
static inline unsigned level_for(uint64_t number)
{
    unsigned level = 0;
    while (number >= reach_of(level)) {
        level++;
    }
    return level;
}

static inline struct page_tree_node *child_of(const struct page_tree_node *node, uint64_t number)
{
    return node->children[slot_of(number, node->level)];
}

/* Of all entries below it, and with the tree's delta settled. */
static inline uint64_t pages_below(const struct page_tree_node *node)
{
    return node->level > 0 ? node->pages : bit_count(node->present);
}

/* The first of the slots whose bits are set; there is one. */
static inline unsigned first_slot(uint64_t slots)
{
    return (unsigned)__builtin_ctzll(slots);
}

/* Acquire: its partner is the release in page_tree_node_put (page_tree.h, race 2). */
static inline bool is_shared(const struct page_tree_node *node)
{
    return atomic_load_explicit(&node->refs, memory_order_acquire) != 1;
}

/* One link more, for who holds one: nothing needs to be ordered. */
static inline void node_get(struct page_tree_node *node)
{
    atomic_fetch_add_explicit(&node->refs, 1, memory_order_relaxed);
}

/*
 * page_tree.c: the lowest node on the way from the root, or NULL when the root doesn't cover the
 * number. Is the way own as far as it goes?
 */
struct page_tree_node *page_tree_descend(const struct page_tree *tree, uint64_t number,
                                         bool *out_own);

/* page_tree_count.c: counts the delta in the nodes above the last leaf. */
void page_tree_settle(struct page_tree *tree);

/* The same, and there is no last leaf any more. */
void page_tree_forget(struct page_tree *tree);

/* page_tree_share.c: makes the nodes on the way to the number own, down to that level. */
J6_MUST_USE j6_status_t page_tree_own_to(struct page_tree *tree, uint64_t number, unsigned level);

/*
 * Drops a link. With the last one the node goes, and drops what it holds: pages, perhaps for good,
 * and links to children, to each of which somebody else has one too.
 */
void page_tree_node_put(struct page_tree_node *node);

/* page_tree_take.c: as long as the root has its first child alone, that becomes the root. */
void page_tree_lower_root(struct page_tree *tree);
