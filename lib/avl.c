/* SPDX-License-Identifier: MIT */
/*
 * AVL: the heights of a node's two subtrees differ by at most one. Both sides are handled by the
 * same code: `side` is 0 for smaller and 1 for larger, `!side` the other one.
 */
#include "lib/avl.h"

static int height_of(const struct avl_node *node)
{
    return node ? node->height : 0;
}

/* Positive when the larger side is the higher one. */
static int tilt_of(const struct avl_node *node)
{
    return height_of(node->child[1]) - height_of(node->child[0]);
}

/*
 * Brings what a node says about its subtree up to date, the children's being right already. Tells
 * whether that is something new to the node's parent.
 */
static inline bool refresh(struct avl_node *node)
{
    int height = 0;
    uint64_t max = node->value;
    for (int side = 0; side < 2; side++) {
        const struct avl_node *child = node->child[side];
        if (child) {
            height = child->height > height ? child->height : height;
            max = child->max > max ? child->max : max;
        }
    }
    height++;
    bool changed = node->height != height || node->max != max;
    node->height = height;
    node->max = max;
    return changed;
}

/* Puts `heir`, which may be NULL, where `node` hangs. */
static void replace(struct avl_tree *tree, struct avl_node *node, struct avl_node *heir)
{
    struct avl_node *parent = node->parent;
    if (!parent) {
        tree->root = heir;
    } else {
        parent->child[parent->child[1] == node] = heir;
    }
    if (heir) {
        heir->parent = parent;
    }
}

static void adopt(struct avl_node *parent, int side, struct avl_node *child)
{
    parent->child[side] = child;
    if (child) {
        child->parent = parent;
    }
}

/*
 * Lifts a node over its parent:       parent        node
 *                                     /    \        /  \
 *                                  node     C  =>  A   parent
 *                                  /  \                /    \
 *                                 A    B              B      C
 */
static void lift(struct avl_tree *tree, struct avl_node *node)
{
    struct avl_node *parent = node->parent;
    int side = parent->child[1] == node;
    replace(tree, parent, node);
    adopt(parent, side, node->child[!side]);
    adopt(node, !side, parent);
    refresh(parent);
    refresh(node);
}

/* Evens a node out that is too high on a side; returns the root of what was its subtree. */
static struct avl_node *lower(struct avl_tree *tree, struct avl_node *node, int side)
{
    struct avl_node *high = node->child[side];
    struct avl_node *inner = high->child[!side];
    if (height_of(inner) > height_of(high->child[side])) {
        lift(tree, inner);
        high = inner;
    }
    lift(tree, high);
    return high;
}

/* From a node whose subtree has changed up, until that is nothing new to the next one. */
static void balance_up(struct avl_tree *tree, struct avl_node *node)
{
    while (node) {
        int tilt = tilt_of(node);
        if (tilt < -1 || tilt > 1) {
            node = lower(tree, node, tilt > 0);
        } else if (!refresh(node)) {
            return;
        }
        node = node->parent;
    }
}

/* Puts it below a parent that has no child on that side; NULL: into the empty tree. */
static void insert_at(struct avl_tree *tree, struct avl_node *node, struct avl_node *parent,
                      int side)
{
    node->parent = parent;
    node->child[0] = NULL;
    node->child[1] = NULL;
    node->max = node->value;
    node->height = 1;
    if (parent) {
        parent->child[side] = node;
    } else {
        tree->root = node;
    }
    balance_up(tree, parent);
}

bool avl_insert(struct avl_tree *tree, struct avl_node *node, const void *key, avl_compare *compare)
{
    struct avl_node *parent = NULL;
    int side = 0;
    for (struct avl_node *next = tree->root; next; next = parent->child[side]) {
        int order = compare(key, next);
        if (order == 0) {
            return false;
        }
        parent = next;
        side = order > 0;
    }
    insert_at(tree, node, parent, side);
    return true;
}

void avl_insert_before(struct avl_tree *tree, struct avl_node *node, struct avl_node *next)
{
    if (next && !next->child[0]) {
        insert_at(tree, node, next, 0);
    } else {
        insert_at(tree, node, next ? avl_prev(next) : avl_last(tree), 1);
    }
}

void avl_remove(struct avl_tree *tree, struct avl_node *node)
{
    if (!node->child[0] || !node->child[1]) {
        replace(tree, node, node->child[node->child[1] != NULL]);
        balance_up(tree, node->parent);
        return;
    }
    struct avl_node *heir = avl_next(node); /* has no smaller child */
    struct avl_node *lowest = heir->parent == node ? heir : heir->parent;
    replace(tree, heir, heir->child[1]);
    replace(tree, node, heir);
    adopt(heir, 0, node->child[0]);
    adopt(heir, 1, node->child[1]);
    heir->height = node->height;
    balance_up(tree, lowest);
    /* It said what was so at another place: whether that changed is no news or not here. */
    refresh(heir);
    balance_up(tree, heir->parent);
}

void avl_value_changed(struct avl_node *node)
{
    while (node && refresh(node)) {
        node = node->parent;
    }
}

/* The outermost node below `node` on that side. */
static struct avl_node *outermost(struct avl_node *node, int side)
{
    while (node && node->child[side]) {
        node = node->child[side];
    }
    return node;
}

/* The neighbour in order: down on that side, or up past the first ancestor on it. */
static struct avl_node *neighbour(const struct avl_node *node, int side)
{
    if (node->child[side]) {
        return outermost(node->child[side], !side);
    }
    while (node->parent && node->parent->child[side] == node) {
        node = node->parent;
    }
    return node->parent;
}

struct avl_node *avl_first(const struct avl_tree *tree)
{
    return outermost(tree->root, 0);
}

struct avl_node *avl_last(const struct avl_tree *tree)
{
    return outermost(tree->root, 1);
}

struct avl_node *avl_next(const struct avl_node *node)
{
    return neighbour(node, 1);
}

struct avl_node *avl_prev(const struct avl_node *node)
{
    return neighbour(node, 0);
}
