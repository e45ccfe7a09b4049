/* SPDX-License-Identifier: MIT */
#include "tests/host/avl_model.h"
#include "kernel/base/assert.h"
#include "lib/container.h"
#include <string.h>

static const struct avl_model_item *item_of(const struct avl_node *node)
{
    return container_of(node, struct avl_model_item, node);
}

static int compare(const void *key, const struct avl_node *node)
{
    unsigned wanted = *(const unsigned *)key;
    unsigned has = item_of(node)->key;
    return (wanted > has) - (wanted < has);
}

static unsigned sum_of(const struct avl_node *node)
{
    return node ? item_of(node)->weight_sum : 0;
}

static void update(struct avl_node *node)
{
    struct avl_model_item *item = container_of(node, struct avl_model_item, node);
    item->weight_sum = item->weight + sum_of(node->child[0]) + sum_of(node->child[1]);
}

void avl_model_init(struct avl_model *model, bool summing)
{
    memset(model, 0, sizeof(*model));
    model->tree.update = summing ? update : NULL;
    for (unsigned key = 0; key < AVL_MODEL_KEYS; key++) {
        model->items[key].key = key;
        model->items[key].weight = key * 2654435761u;
    }
}

void avl_model_insert(struct avl_model *model, unsigned key)
{
    struct avl_model_item twin = {.key = key};
    struct avl_model_item *item = model->present[key] ? &twin : &model->items[key];
    bool inserted = avl_insert(&model->tree, &item->node, &key, compare);
    assert(inserted == !model->present[key]);
    model->present[key] = true;
}

void avl_model_remove(struct avl_model *model, unsigned key)
{
    if (model->present[key]) {
        avl_remove(&model->tree, &model->items[key].node);
        model->present[key] = false;
    }
}

void avl_model_set_weight(struct avl_model *model, unsigned key, unsigned weight)
{
    model->items[key].weight = weight;
    if (model->present[key] && model->tree.update) {
        avl_node_changed(&model->tree, &model->items[key].node);
    }
}

/* The nearest present key from `key` on in steps of `step`, as a node; NULL: none. */
static const struct avl_node *nearest(const struct avl_model *model, unsigned key, int step)
{
    for (int at = (int)key; at >= 0 && at < AVL_MODEL_KEYS; at += step) {
        if (model->present[at]) {
            return &model->items[at].node;
        }
    }
    return NULL;
}

void avl_model_search(const struct avl_model *model, unsigned key)
{
    const struct avl_node *here = model->present[key] ? &model->items[key].node : NULL;
    assert(avl_find(&model->tree, &key, compare) == here);
    assert(avl_floor(&model->tree, &key, compare) == nearest(model, key, -1));
    assert(avl_ceiling(&model->tree, &key, compare) == nearest(model, key, 1));
}

/* Returns the height. */
static int check_subtree(const struct avl_node *node, const struct avl_node *parent, bool summing)
{
    if (!node) {
        return 0;
    }
    assert(node->parent == parent);
    int smaller = check_subtree(node->child[0], node, summing);
    int larger = check_subtree(node->child[1], node, summing);
    assert(larger - smaller >= -1 && larger - smaller <= 1);
    assert(node->height == 1 + (larger > smaller ? larger : smaller));
    assert(!summing || item_of(node)->weight_sum ==
                           item_of(node)->weight + sum_of(node->child[0]) + sum_of(node->child[1]));
    return node->height;
}

void avl_model_check(const struct avl_model *model)
{
    check_subtree(model->tree.root, NULL, model->tree.update != NULL);
    const struct avl_node *forward = avl_first(&model->tree);
    const struct avl_node *backward = avl_last(&model->tree);
    for (unsigned key = 0; key < AVL_MODEL_KEYS; key++) {
        if (model->present[key]) {
            assert(forward == &model->items[key].node);
            forward = avl_next(forward);
        }
        if (model->present[AVL_MODEL_KEYS - 1 - key]) {
            assert(backward == &model->items[AVL_MODEL_KEYS - 1 - key].node);
            backward = avl_prev(backward);
        }
    }
    assert(!forward && !backward);
}
