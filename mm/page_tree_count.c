/* SPDX-License-Identifier: MIT */
/*
 * How many pages a page tree has. Each node above the leaves counts those below it. What comes to
 * the last leaf is counted in the tree, as its delta, until another leaf becomes the last one or
 * somebody wants to know. A node that is shared is constant, so the delta is only ever of an own
 * leaf.
 */
#include "mm/page_tree_node.h"

void page_tree_settle(struct page_tree *tree)
{
    if (tree->delta == 0) {
        return;
    }
    uint64_t number = tree->last_leaf->first;
    for (struct page_tree_node *node = tree->root; node->level > 0; node = child_of(node, number)) {
        node->pages += (uint64_t)tree->delta;
    }
    tree->delta = 0;
}

void page_tree_forget(struct page_tree *tree)
{
    page_tree_settle(tree);
    tree->last_leaf = NULL;
    tree->last_is_own = false;
}

uint64_t page_tree_pages(const struct page_tree *tree)
{
    if (tree->root == NULL) {
        return 0;
    }
    return tree->root->level > 0 ? tree->root->pages + (uint64_t)tree->delta
                                 : pages_below(tree->root);
}

/* How many pages have lower numbers. */
static uint64_t pages_before(const struct page_tree *tree, uint64_t number)
{
    const struct page_tree_node *node = tree->root;
    if (node == NULL || !covers(node, number)) {
        return page_tree_pages(tree);
    }
    uint64_t total = 0;
    while (node != NULL && node->first < number) {
        uint64_t before = node->present & ((1ull << slot_of(number, node->level)) - 1);
        if (node->level == 0) {
            return total + bit_count(before);
        }
        for (uint64_t left = before; left != 0; left &= left - 1) {
            total += pages_below(node->children[first_slot(left)]);
        }
        node = child_of(node, number);
    }
    return total;
}

uint64_t page_tree_count(struct page_tree *tree, uint64_t first, uint64_t end)
{
    page_tree_settle(tree);
    return first < end ? pages_before(tree, end) - pages_before(tree, first) : 0;
}
