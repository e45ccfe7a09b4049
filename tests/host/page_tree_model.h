/* SPDX-License-Identifier: MIT */
/*
 * Page trees that share nodes, each beside a sorted array. Every operation is done on both; where
 * they disagree, or the trees break a rule of their own, the program ends. Also the embedder's half
 * of page_tree: nodes from malloc, which can be made to run out, and pages with counts. Used by the
 * unit tests and by the fuzzer.
 */
#pragma once
#include "mm/page_tree.h"
#include <stdbool.h>

enum { MODEL_TREES = 6, MODEL_HELD = 4, MODEL_PAGES = 1 << 13 };

struct model_entry {
    uint64_t number;
    paddr_t page;
};

struct model_tree {
    struct page_tree tree;
    size_t count;
    size_t cap;
    struct model_entry *entries; /* by number */
};

extern struct model_tree model_trees[MODEL_TREES];

/* What was taken out of trees and not put yet. */
extern struct page_taken model_held[MODEL_HELD];
extern unsigned model_held_count;

/* References to each page, by its number. */
extern uint32_t model_refs[MODEL_PAGES];

extern long model_nodes_live;
extern long model_nodes_made; /* ever */

/* How many allocations of a node succeed from now on; negative: all. */
extern long model_nodes_left;

/* Memory of a node, and what model_check finds out about it. */
struct model_node {
    struct page_tree_node node;
    struct model_node *next;
    struct model_node **link; /* that points here: all nodes are in a list */
    uint32_t links;
};

extern struct model_node *model_nodes;

/* A page that nobody has yet, with one reference. The low bits of its address are not 0. */
paddr_t model_page_new(void);

/* The page that the tree must have at that number; 0: none. */
paddr_t model_page_at(const struct model_tree *model, uint64_t number);

/* Every call of a tree, with the number of the tree in front. What fails must change no page. */
j6_status_t model_insert(unsigned tree, uint64_t number);
j6_status_t model_own(unsigned tree, uint64_t number);
void model_find(unsigned tree, uint64_t number);
void model_next(unsigned tree, uint64_t number);
void model_count(unsigned tree, uint64_t first, uint64_t end);

/* A write to a page that is there: makes the way own, and a page that others have another one. */
j6_status_t model_write(unsigned tree, uint64_t number);

/* One step; what was taken is held, until model_put or until too much is held. */
j6_status_t model_take_step(unsigned tree, uint64_t *number, uint64_t end);
void model_put(void);

/* Steps until the range is empty. */
j6_status_t model_take(unsigned tree, uint64_t first, uint64_t end);

/* The other tree is dropped first. */
j6_status_t model_clone(unsigned clone, unsigned source, uint64_t first, uint64_t end);
uint64_t model_truncate_step(unsigned tree, uint64_t first);
bool model_drop_step(unsigned tree);
void model_drop(unsigned tree);

/* Every tree, node, page and count, without a call of the tree that could set something right. */
void model_check(void);

/* Drops all trees, and checks that nothing is left of them. */
void model_end(void);
