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

/* Brings what a node says about its subtree up to date; the children's are right already. */
static void refresh(struct avl_tree *tree, struct avl_node *node)
{
    int side = tilt_of(node) > 0;
    node->height = height_of(node->child[side]) + 1;
    if (tree->update) {
        tree->update(node);
    }
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
    refresh(tree, parent);
    refresh(tree, node);
}

/* Makes a node right whose children are; returns the root of what was its subtree. */
static struct avl_node *balance(struct avl_tree *tree, struct avl_node *node)
{
    int tilt = tilt_of(node);
    if (tilt >= -1 && tilt <= 1) {
        refresh(tree, node);
        return node;
    }
    int side = tilt > 0;
    struct avl_node *high = node->child[side];
    struct avl_node *inner = high->child[!side];
    if (height_of(inner) > height_of(high->child[side])) {
        lift(tree, inner);
        high = inner;
    }
    lift(tree, high);
    return high;
}

/* From the lowest changed node up, as far as anything changes. */
static void balance_up(struct avl_tree *tree, struct avl_node *node)
{
    while (node) {
        int height = node->height;
        node = balance(tree, node);
        if (node->height == height && !tree->update) {
            return;
        }
        node = node->parent;
    }
}

struct avl_node *avl_find(const struct avl_tree *tree, const void *key, avl_compare *compare)
{
    struct avl_node *node = tree->root;
    while (node) {
        int order = compare(key, node);
        if (order == 0) {
            return node;
        }
        node = node->child[order > 0];
    }
    return NULL;
}

/* The nearest node on that side of the key: 0 for not larger, 1 for not smaller. */
static struct avl_node *nearest(const struct avl_tree *tree, const void *key, avl_compare *compare,
                                int side)
{
    struct avl_node *best = NULL;
    struct avl_node *node = tree->root;
    while (node) {
        int order = compare(key, node);
        if (order == 0) {
            return node;
        }
        if ((order < 0) == side) {
            best = node;
        }
        node = node->child[order > 0];
    }
    return best;
}

struct avl_node *avl_floor(const struct avl_tree *tree, const void *key, avl_compare *compare)
{
    return nearest(tree, key, compare, 0);
}

struct avl_node *avl_ceiling(const struct avl_tree *tree, const void *key, avl_compare *compare)
{
    return nearest(tree, key, compare, 1);
}

bool avl_insert(struct avl_tree *tree, struct avl_node *node, const void *key, avl_compare *compare)
{
    struct avl_node *parent = NULL;
    struct avl_node **place = &tree->root;
    while (*place) {
        parent = *place;
        int order = compare(key, parent);
        if (order == 0) {
            return false;
        }
        place = &parent->child[order > 0];
    }
    *node = (struct avl_node){.parent = parent};
    *place = node;
    balance_up(tree, node);
    return true;
}

void avl_remove(struct avl_tree *tree, struct avl_node *node)
{
    struct avl_node *lowest; /* whose subtree has lost a level first */
    if (node->child[0] && node->child[1]) {
        struct avl_node *heir = avl_next(node); /* has no smaller child */
        lowest = heir->parent == node ? heir : heir->parent;
        replace(tree, heir, heir->child[1]);
        replace(tree, node, heir);
        adopt(heir, 0, node->child[0]);
        adopt(heir, 1, node->child[1]);
        heir->height = node->height;
    } else {
        lowest = node->parent;
        replace(tree, node, node->child[node->child[1] != NULL]);
    }
    *node = (struct avl_node){0};
    balance_up(tree, lowest);
}

void avl_node_changed(struct avl_tree *tree, struct avl_node *node)
{
    while (node) {
        tree->update(node);
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
