/* SPDX-License-Identifier: MIT */
/*
 * An intrusive balanced search tree (AVL): insert and remove in O(log n), first to last in order, no
 * recursion, no allocation. Searches are the owner's: down from the root, by the child pointers.
 *
 * Each node carries a value, and knows the largest one of its subtree: of what use that is, the owner
 * knows (the largest gap, the last end). It is there for all trees, since it costs them two words.
 *
 * Rules for avl: a node's key may change only if its place in the order doesn't. Its value is set
 * before it is inserted; whoever changes it later tells the tree before anything else is asked of it.
 * An insert or a removal may come between, and then does most of the work. Locking is the owner's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct avl_node {
    struct avl_node *parent;   /* NULL: the root */
    struct avl_node *child[2]; /* smaller, larger */
    uint64_t value;            /* the owner's */
    uint64_t max;              /* value of the subtree */
    int height;                /* 1: a leaf */
};

/* A zeroed tree is empty. */
struct avl_tree {
    struct avl_node *root;
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

/* To be called when the value of a node in a tree has changed. */
void avl_value_changed(struct avl_node *node);

/* In order; NULL at either end. */
struct avl_node *avl_first(const struct avl_tree *tree);
struct avl_node *avl_last(const struct avl_tree *tree);
struct avl_node *avl_next(const struct avl_node *node);
struct avl_node *avl_prev(const struct avl_node *node);
