/* SPDX-License-Identifier: MIT */
/*
 * Page trees that share nodes: links, copies of what is shared, and clones. A clone begins as a link
 * to the source's root, or to a node below it that covers the range too; then what lies before
 * and behind the range is cut off, which copies the nodes on the way to each of the two ends.
 */
#include "kernel/base/assert.h"
#include "lib/string.h"
#include "mm/page_tree_node.h"

/* Adds a link or reference to each entry of a node. */
static void entries_get(const struct page_tree_node *node)
{
    for (uint64_t left = node->present; left != 0; left &= left - 1) {
        if (node->level > 0) {
            node_get(node->children[first_slot(left)]);
        } else {
            page_tree_page_get(node->pages_at[first_slot(left)]);
        }
    }
}

/* Drops a link or reference to each of the entries; children have others. */
static void entries_put(const struct page_tree_node *node, uint64_t slots)
{
    for (uint64_t left = slots; left != 0; left &= left - 1) {
        if (node->level > 0) {
            struct page_tree_node *child = node->children[first_slot(left)];
            uint32_t links = atomic_fetch_sub_explicit(&child->refs, 1, memory_order_release);
            assert(links > 1);
        } else {
            page_tree_page_put(node->pages_at[first_slot(left)]);
        }
    }
}

void page_tree_node_put(struct page_tree_node *node)
{
    if (atomic_fetch_sub_explicit(&node->refs, 1, memory_order_acq_rel) == 1) {
        entries_put(node, node->present);
        page_tree_node_free(node);
    }
}

/* Makes the node that a root or an own node links own, by a copy if it is shared. */
static j6_status_t own_link(struct page_tree *tree, struct page_tree_node **link)
{
    struct page_tree_node *node = *link;
    if (!is_shared(node)) {
        return j6_status_ok;
    }
    struct page_tree_node *copy;
    j6_status_t status = page_tree_node_alloc(tree, &copy);
    if (status != j6_status_ok) {
        return status;
    }
    copy->first = node->first;
    copy->level = node->level;
    atomic_init(&copy->refs, 1);
    copy->pages = node->pages;
    copy->present = node->present;
    memcpy(copy->children, node->children, sizeof(copy->children));
    entries_get(copy);
    *link = copy;
    page_tree_node_put(node);
    return j6_status_ok;
}

j6_status_t page_tree_own_to(struct page_tree *tree, uint64_t number, unsigned level)
{
    if (tree->root == NULL || !covers(tree->root, number)) {
        return j6_status_ok;
    }
    struct page_tree_node **link = &tree->root;
    while (*link != NULL && (*link)->level >= level) {
        j6_status_t status = own_link(tree, link);
        if (status != j6_status_ok || (*link)->level == 0) {
            return status;
        }
        link = &(*link)->children[slot_of(number, (*link)->level)];
    }
    return j6_status_ok;
}

j6_status_t page_tree_own(struct page_tree *tree, uint64_t number)
{
    if (page_tree_is_own(tree, number)) {
        return j6_status_ok;
    }
    page_tree_forget(tree); /* a leaf that may be copied and freed */
    j6_status_t status = page_tree_own_to(tree, number, 0);
    if (status == j6_status_ok) {
        bool own = page_tree_is_own(tree, number); /* and makes the copy the last leaf */
        assert(own);
    }
    return status;
}

/* Takes entries of an own node out of a clone; returns how many pages that were. */
static uint64_t entries_cut(struct page_tree_node *node, uint64_t slots)
{
    uint64_t pages = 0;
    slots &= node->present;
    entries_put(node, slots);
    for (uint64_t left = slots; left != 0; left &= left - 1) {
        unsigned slot = first_slot(left);
        pages += node->level > 0 ? pages_below(node->children[slot]) : 1;
        node->children[slot] = NULL;
    }
    node->present &= ~slots;
    return pages;
}

enum side { BEFORE, BEHIND };

/*
 * Cuts the pages before the number, or behind it, off from a clone that has others too; `pages` is
 * how many those are. quota, no_memory: the clone is good for nothing but page_tree_drop_step.
 */
static j6_status_t cut(struct page_tree *clone, uint64_t number, enum side side, uint64_t pages)
{
    struct page_tree_node **link = &clone->root;
    while (pages > 0) {
        j6_status_t status = own_link(clone, link);
        if (status != j6_status_ok) {
            return status;
        }
        struct page_tree_node *node = *link;
        unsigned slot = slot_of(number, node->level);
        node->pages -= node->level > 0 ? pages : 0;
        pages -= entries_cut(node, side == BEFORE ? (1ull << slot) - 1 : ~1ull << slot);
        link = &node->children[slot];
        if (pages > 0 && pages == pages_below(*link)) {
            pages -= entries_cut(node, 1ull << slot);
        }
    }
    return j6_status_ok;
}

j6_status_t page_tree_clone(struct page_tree *clone, struct page_tree *source, uint64_t first,
                            uint64_t end)
{
    assert(clone->root == NULL);
    end = end < PAGE_TREE_PAGES ? end : PAGE_TREE_PAGES;
    uint64_t pages = page_tree_count(source, first, end);
    if (pages == 0) {
        return j6_status_ok;
    }
    struct page_tree_node *top = source->root;
    while (top->level > 0 && top->level > level_for(end - 1)) {
        top = top->children[0];
    }
    uint64_t before = page_tree_count(source, 0, first);
    uint64_t behind = pages_below(top) - before - pages;
    source->last_is_own = false;
    node_get(top);
    clone->root = top;
    j6_status_t status = cut(clone, first, BEFORE, before);
    if (status == j6_status_ok) {
        status = cut(clone, end - 1, BEHIND, behind);
    }
    if (status == j6_status_ok) {
        page_tree_lower_root(clone);
        return j6_status_ok;
    }
    while (page_tree_drop_step(clone)) {}
    return status;
}
