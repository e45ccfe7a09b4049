/* SPDX-License-Identifier: MIT */
/*
 * Taking out of page trees: leaves and parts of leaves whose pages TLBs may still know, and all of
 * a tree whose owner ends. Whatever becomes empty goes: the lowest node on the way that has another
 * entry stays, the branch below it is freed.
 */
#include "kernel/base/assert.h"
#include "mm/page_tree_node.h"

void page_tree_lower_root(struct page_tree *tree)
{
    struct page_tree_node *root = tree->root;
    while (root != NULL && root->level > 0 && root->present == 1) {
        struct page_tree_node *child = root->children[0];
        node_get(child); /* the old root, if others share it, keeps its own link */
        tree->root = child;
        page_tree_node_put(root);
        root = child;
    }
}

/* Frees the nodes on the way to the number from `node` to `bottom`, which is one of them. */
static void branch_free(struct page_tree_node *node, const struct page_tree_node *bottom,
                        uint64_t number)
{
    bool done;
    do {
        struct page_tree_node *child = child_of(node, number);
        done = node == bottom;
        page_tree_node_free(node);
        node = child;
    } while (!done);
}

/*
 * Removes the link to the child of `parent` on the way to the number, or with NULL the link to the
 * root, and with it all nodes that lead nowhere else. The way is own. The child, which has so many
 * pages, isn't looked at: it may be gone.
 */
static void detach(struct page_tree *tree, struct page_tree_node *parent, uint64_t number,
                   uint64_t pages)
{
    struct page_tree_node *keeper = NULL; /* the lowest one with another entry */
    struct page_tree_node *node = parent != NULL ? tree->root : NULL;
    while (node != NULL) {
        node->pages -= pages;
        if (node->present & (node->present - 1)) {
            keeper = node;
        }
        node = node != parent ? child_of(node, number) : NULL;
    }
    struct page_tree_node *branch = tree->root;
    if (keeper != NULL) {
        unsigned slot = slot_of(number, keeper->level);
        branch = keeper->children[slot];
        keeper->children[slot] = NULL;
        keeper->present &= ~(1ull << slot);
    } else {
        tree->root = NULL;
    }
    if (keeper != parent) {
        branch_free(branch, parent, number);
    }
    page_tree_lower_root(tree);
}

/* Those of the leaf's pages that lie in [first, end), which begins in it. */
static uint64_t slots_in(const struct page_tree_node *leaf, uint64_t first, uint64_t end)
{
    uint64_t slots = leaf->present & ~0ull << slot_of(first, 0);
    uint64_t len = end - leaf->first;
    return len < PAGE_TREE_FANOUT ? slots & ((1ull << len) - 1) : slots;
}

/* The last leaf itself; the nodes above it are own. */
static void take_leaf(struct page_tree *tree, struct page_taken *taken)
{
    struct page_tree_node *leaf = tree->last_leaf;
    struct page_tree_node *parent = NULL;
    for (struct page_tree_node *node = tree->root; node != leaf;
         node = child_of(node, leaf->first)) {
        parent = node;
    }
    page_tree_forget(tree);
    detach(tree, parent, leaf->first, taken->removed);
    taken->leaf = leaf;
}

/* Some pages of the last leaf, which is own. */
static void take_pages(struct page_tree *tree, uint64_t slots, struct page_taken *taken)
{
    struct page_tree_node *leaf = tree->last_leaf;
    for (uint64_t left = slots; left != 0; left &= left - 1) {
        unsigned slot = first_slot(left);
        taken->pages[taken->count++] = leaf->pages_at[slot];
        leaf->pages_at[slot] = 0;
    }
    leaf->present &= ~slots;
    tree->delta -= taken->count;
}

j6_status_t page_tree_take(struct page_tree *tree, uint64_t *number, uint64_t end,
                           struct page_taken *out_taken)
{
    uint64_t first;
    out_taken->removed = 0;
    out_taken->leaf = NULL;
    out_taken->count = 0;
    if (page_tree_next(tree, *number, &first) == 0 || first >= end) {
        *number = end;
        return j6_status_ok;
    }
    const struct page_tree_node *leaf = tree->last_leaf;
    uint64_t slots = slots_in(leaf, first, end);
    uint64_t leaf_end = leaf->first + PAGE_TREE_FANOUT;
    bool whole = slots == leaf->present;
    j6_status_t status = whole ? page_tree_own_to(tree, first, 1) : page_tree_own(tree, first);
    if (status != j6_status_ok) {
        return status;
    }
    out_taken->removed = bit_count(slots);
    out_taken->first = first;
    out_taken->end = leaf_end - (unsigned)__builtin_clzll(slots);
    if (whole) {
        take_leaf(tree, out_taken);
    } else {
        take_pages(tree, slots, out_taken);
    }
    *number = leaf_end < end ? leaf_end : end;
    return j6_status_ok;
}

void page_tree_taken_put(struct page_taken *taken)
{
    for (uint32_t i = 0; i < taken->count; i++) {
        page_tree_page_put(taken->pages[i]);
    }
    if (taken->leaf != NULL) {
        page_tree_node_put(taken->leaf);
    }
}

/*
 * Drops the link to a node unless it is the last one: then nobody else can see the node any more,
 * and the link stays.
 */
static bool give_up(struct page_tree_node *node)
{
    if (atomic_fetch_sub_explicit(&node->refs, 1, memory_order_acq_rel) > 1) {
        return true;
    }
    atomic_store_explicit(&node->refs, 1, memory_order_relaxed);
    return false;
}

/*
 * Drops the first leaf, or the link to the topmost shared node above it, of what begins at `first` or
 * later: the leaf of the number, or with all pages beyond `first` any. Returns how many pages that were.
 */
static uint64_t drop(struct page_tree *tree, uint64_t first, uint64_t number)
{
    struct page_tree_node *node = tree->root;
    struct page_tree_node *parent = NULL;
    page_tree_forget(tree);
    for (;;) {
        bool beyond = node->first >= first;
        uint64_t from = node->first;
        uint64_t pages = pages_below(node); /* before it may go */
        bool leaf = node->level == 0;
        if (leaf || (beyond && give_up(node))) {
            detach(tree, parent, from, pages);
            if (leaf) {
                page_tree_node_put(node);
            }
            return pages;
        }
        parent = node;
        node = beyond ? node->children[first_slot(node->present)] : child_of(node, number);
    }
}

/* What the last leaf has in these slots, but not all that it has: its way is own. */
static uint64_t drop_pages(struct page_tree *tree, uint64_t slots)
{
    struct page_taken taken = {.count = 0};
    take_pages(tree, slots, &taken);
    page_tree_taken_put(&taken);
    return taken.count;
}

uint64_t page_tree_truncate_step(struct page_tree *tree, uint64_t first)
{
    uint64_t number = 0;
    if (first == 0) {
        return tree->root != NULL ? drop(tree, 0, 0) : 0;
    }
    if (page_tree_next(tree, first, &number) == 0) {
        return 0;
    }
    const struct page_tree_node *leaf = tree->last_leaf;
    uint64_t slots = slots_in(leaf, number, UINT64_MAX);
    return slots == leaf->present ? drop(tree, first, number) : drop_pages(tree, slots);
}

bool page_tree_drop_step(struct page_tree *tree)
{
    page_tree_truncate_step(tree, 0);
    return tree->root != NULL;
}
