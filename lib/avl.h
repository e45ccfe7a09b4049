/* SPDX-License-Identifier: MIT */
/*
 * An intrusive balanced search tree (AVL): insert and remove in O(log n), first to last in order, no
 * recursion, no allocation. Searches are the owner's: down from the root, by the child pointers.
 *
 * Rules for avl: a node's key may change only if its place in the order doesn't. A tree may keep a
 * summary of each subtree in its nodes (the largest gap, a sum): `update` computes that of one node
 * from the node itself and its children, and tells whether it differs from what was kept. It is
 * called for a node that changes or gets other children, and from there up until neither summary nor
 * height is news. Locking is the owner's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct avl_node {
    struct avl_node *parent;   /* NULL: the root */
    struct avl_node *child[2]; /* smaller, larger */
    int height;                /* 1: a leaf */
};

/* A zeroed tree is empty. */
struct avl_tree {
    struct avl_node *root;
    bool (*update)(struct avl_node *node); /* or NULL; immutable */
};

/* Negative, 0, positive: the key is smaller than, equal to, larger than the node's. */
typedef int avl_compare(const void *key, const struct avl_node *node);

/*
 * Puts the node, whose key is `key`, into its place. False, with nothing changed, when there is
 * an equal one already.
 */
bool avl_insert(struct avl_tree *tree, struct avl_node *node, const void *key,
                avl_compare *compare);

/* The same for who knows the place: just before `next`; NULL: behind all others. */
void avl_insert_before(struct avl_tree *tree, struct avl_node *node, struct avl_node *next);

/* Takes a node out of the tree that it is in. */
void avl_remove(struct avl_tree *tree, struct avl_node *node);

/* To be called when what `update` reads of the node itself has changed. */
void avl_node_changed(struct avl_tree *tree, struct avl_node *node);

/* In order; NULL at either end. */
struct avl_node *avl_first(const struct avl_tree *tree);
struct avl_node *avl_last(const struct avl_tree *tree);
struct avl_node *avl_next(const struct avl_node *node);
struct avl_node *avl_prev(const struct avl_node *node);
