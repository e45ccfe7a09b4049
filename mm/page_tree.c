/* SPDX-License-Identifier: MIT */
/*
 * The radix tree of an area's pages: finding, walking and inserting. The last leaf is remembered, so
 * that a run of page faults neither walks nor counts on the way (page_tree_count.c). An insert
 * builds the missing branch aside and links it when nothing can fail any more.
 */
#include "mm/page_tree.h"
#include "kernel/base/assert.h"
#include "lib/string.h"
#include "mm/page_tree_node.h"

struct page_tree_node *page_tree_descend(const struct page_tree *tree, uint64_t number,
                                         bool *out_own)
{
    struct page_tree_node *node = tree->root;
    *out_own = true;
    if (node == NULL || !covers(node, number)) {
        return NULL;
    }
    for (;;) {
        *out_own &= !is_shared(node);
        struct page_tree_node *child = node->level > 0 ? child_of(node, number) : NULL;
        if (child == NULL) {
            return node;
        }
        node = child;
    }
}

static void remember(struct page_tree *tree, struct page_tree_node *leaf, bool own)
{
    if (tree->last_leaf != leaf) {
        page_tree_settle(tree);
        tree->last_leaf = leaf;
    }
    tree->last_is_own = own;
}

bool page_tree_is_own_far(struct page_tree *tree, uint64_t number)
{
    bool own;
    struct page_tree_node *node = page_tree_descend(tree, number, &own);
    if (node != NULL && node->level == 0) {
        remember(tree, node, own);
    }
    return own;
}

paddr_t page_tree_find_far(struct page_tree *tree, uint64_t number)
{
    bool own;
    struct page_tree_node *node = page_tree_descend(tree, number, &own);
    if (node == NULL || node->level > 0) {
        return 0;
    }
    remember(tree, node, own);
    return node->pages_at[slot_of(number, 0)];
}

/* Raises the number to the first one, from it on, that the node has an entry for; false: none. */
static bool skip_hole(const struct page_tree_node *node, uint64_t *number)
{
    unsigned slot = slot_of(*number, node->level);
    uint64_t rest = node->present >> slot;
    if (rest == 0) {
        return false;
    }
    unsigned holes = first_slot(rest);
    if (holes > 0) {
        uint64_t width = reach_of(node->level) / PAGE_TREE_FANOUT;
        *number = node->first + (slot + holes) * width;
    }
    return true;
}

paddr_t page_tree_next(struct page_tree *tree, uint64_t number, uint64_t *out_number)
{
    for (;;) {
        bool own = tree->last_is_own;
        struct page_tree_node *node = page_tree_is_last(tree, number)
                                          ? tree->last_leaf
                                          : page_tree_descend(tree, number, &own);
        if (node == NULL) {
            return 0;
        }
        if (!skip_hole(node, &number)) {
            number = node->first + reach_of(node->level);
        } else if (node->level == 0) {
            remember(tree, node, own);
            *out_number = number;
            return node->pages_at[slot_of(number, 0)];
        }
    }
}

static void set_child(struct page_tree_node *node, uint64_t number, struct page_tree_node *child)
{
    unsigned slot = slot_of(number, node->level);
    node->children[slot] = child;
    node->present |= 1ull << slot;
}

static j6_status_t node_new(struct page_tree *tree, uint64_t number, unsigned level,
                            struct page_tree_node **out_node)
{
    struct page_tree_node *node;
    j6_status_t status = page_tree_node_alloc(tree, &node);
    if (status != j6_status_ok) {
        return status;
    }
    node->first = number & ~(reach_of(level) - 1);
    node->level = level;
    atomic_init(&node->refs, 1);
    node->pages = 0;
    node->present = 0;
    memset(node->children, 0, sizeof(node->children));
    *out_node = node;
    return j6_status_ok;
}

/* Frees what `raise` put on top of `bottom`. */
static void lower(struct page_tree_node *top, const struct page_tree_node *bottom)
{
    while (top != bottom) {
        struct page_tree_node *child = child_of(top, bottom->first);
        page_tree_node_free(top);
        top = child;
    }
}

/* Puts parents with one child on top of `bottom` up to that level. quota, no_memory: none is left. */
static j6_status_t raise(struct page_tree *tree, struct page_tree_node *bottom, unsigned level,
                         struct page_tree_node **out_top)
{
    struct page_tree_node *top = bottom;
    while (top->level < level) {
        struct page_tree_node *parent;
        j6_status_t status = node_new(tree, bottom->first, top->level + 1, &parent);
        if (status != j6_status_ok) {
            lower(top, bottom);
            return status;
        }
        parent->pages = pages_below(bottom);
        set_child(parent, bottom->first, top);
        top = parent;
    }
    *out_top = top;
    return j6_status_ok;
}

/* Links a branch below `node`, or with NULL as the root, with the root that was too low inside. */
static j6_status_t link_branch(struct page_tree *tree, struct page_tree_node *node,
                               struct page_tree_node *branch, uint64_t number)
{
    if (node != NULL) {
        set_child(node, number, branch);
        return j6_status_ok;
    }
    if (tree->root != NULL) {
        struct page_tree_node *old;
        j6_status_t status = raise(tree, tree->root, branch->level - 1, &old);
        if (status != j6_status_ok) {
            return status;
        }
        set_child(branch, 0, old);
        branch->pages += pages_below(old);
    }
    tree->root = branch;
    return j6_status_ok;
}

/* Adds a leaf without pages, the tree's last one, on a way that is own as far as it goes. */
static j6_status_t add_leaf(struct page_tree *tree, uint64_t number)
{
    bool own;
    struct page_tree_node *node = page_tree_descend(tree, number, &own);
    struct page_tree_node *leaf;
    struct page_tree_node *branch;
    page_tree_settle(tree);
    j6_status_t status = node_new(tree, number, 0, &leaf);
    if (status != j6_status_ok) {
        return status;
    }
    status = raise(tree, leaf, node != NULL ? node->level - 1 : level_for(number), &branch);
    if (status == j6_status_ok) {
        status = link_branch(tree, node, branch, number);
        if (status == j6_status_ok) {
            remember(tree, leaf, true);
            return j6_status_ok;
        }
        lower(branch, leaf);
    }
    page_tree_node_free(leaf);
    return status;
}

/* The last leaf is own, and the slot is free. */
static inline void insert_here(struct page_tree *tree, uint64_t number, paddr_t page)
{
    struct page_tree_node *leaf = tree->last_leaf;
    unsigned slot = slot_of(number, 0);
    leaf->pages_at[slot] = page;
    leaf->present |= 1ull << slot;
    tree->delta++;
}

__attribute__((noinline)) static j6_status_t insert_far(struct page_tree *tree, uint64_t number,
                                                        paddr_t page)
{
    if (number >= PAGE_TREE_PAGES) {
        return j6_err_out_of_range;
    }
    if (page_tree_find(tree, number) != 0) {
        return j6_err_collision;
    }
    j6_status_t status = page_tree_own(tree, number);
    if (status == j6_status_ok && !page_tree_is_last(tree, number)) {
        status = add_leaf(tree, number);
    }
    if (status == j6_status_ok) {
        insert_here(tree, number, page);
    }
    return status;
}

j6_status_t page_tree_insert(struct page_tree *tree, uint64_t number, paddr_t page)
{
    assert(page >> PAGE_SHIFT != 0);
    if (!tree->last_is_own || !page_tree_is_last(tree, number) ||
        page_tree_last_page(tree, number) != 0) {
        return insert_far(tree, number, page);
    }
    insert_here(tree, number, page);
    return j6_status_ok;
}

paddr_t page_tree_replace(struct page_tree *tree, uint64_t number, paddr_t page)
{
    assert(page >> PAGE_SHIFT != 0);
    bool own = page_tree_is_own(tree, number);
    paddr_t old = page_tree_find(tree, number);
    assert(own && old != 0);
    tree->last_leaf->pages_at[slot_of(number, 0)] = page;
    return old;
}
