/* SPDX-License-Identifier: MIT */
/*
 * A page tree beside a sorted array. Every operation is done on both; where they disagree, or the
 * tree breaks a rule of its own, the program ends. Also the embedder's half of page_tree: nodes
 * from malloc, counted, which can be made to run out. Used by the unit test and by the fuzzer.
 */
#pragma once
#include "mm/page_tree.h"
#include <stdbool.h>

struct page_tree_model {
    struct page_tree tree;
    size_t count;
    size_t cap;
    struct page_tree_model_entry {
        uint64_t number;
        paddr_t page;
    } * entries; /* by number */
};

/* Nodes that are allocated now. */
extern long page_tree_nodes_live;

/* How many allocations succeed from now on; negative: all. */
extern long page_tree_nodes_left;

/* What page_tree_node_free does; NULL: free at once. */
extern void (*page_tree_retire)(struct page_tree_node *node);

/* A zeroed model is empty; this empties it again, in steps, and checks that no node is left. */
void page_tree_model_clear(struct page_tree_model *model);

/* An insert may fail for lack of nodes; it must have changed nothing then. */
j6_status_t page_tree_model_insert(struct page_tree_model *model, uint64_t number, paddr_t page);
void page_tree_model_remove(struct page_tree_model *model, uint64_t number);
void page_tree_model_find(struct page_tree_model *model, uint64_t number);
void page_tree_model_next(struct page_tree_model *model, uint64_t number);
void page_tree_model_remove_step(struct page_tree_model *model, uint64_t from, uint64_t end,
                                 size_t cap);

/* Every node and every page, one by one. */
void page_tree_model_check(struct page_tree_model *model);
