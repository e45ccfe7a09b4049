/* SPDX-License-Identifier: MIT */
/*
 * A tree of the numbers 0 to 255 beside an array that says which of them are in it. Every
 * operation is done on both; where they disagree, or the tree breaks a rule of its own, the
 * program ends. Used by the unit test and by the fuzzer.
 */
#pragma once
#include "lib/avl.h"
#include <stdbool.h>

enum { AVL_MODEL_KEYS = 256, AVL_MODEL_VALUES = 8 };

struct avl_model_item {
    unsigned key;
    struct avl_node
        node; /* its value: one of a few, so that subtrees often have the same maximum */
};

struct avl_model {
    struct avl_tree tree;
    bool present[AVL_MODEL_KEYS];
    struct avl_model_item items[AVL_MODEL_KEYS];
};

void avl_model_init(struct avl_model *model);
void avl_model_insert(struct avl_model *model, unsigned key);
void avl_model_remove(struct avl_model *model, unsigned key);
void avl_model_set_value(struct avl_model *model, unsigned key, unsigned value);

/* Shape, heights, links, order and maxima of the whole tree. */
void avl_model_check(const struct avl_model *model);
