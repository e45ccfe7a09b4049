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

static unsigned max_of(const struct avl_node *node)
{
    return node ? item_of(node)->weight_max : 0;
}

static unsigned max_right(const struct avl_node *node)
{
    unsigned max = item_of(node)->weight;
    for (unsigned side = 0; side < 2; side++) {
        max = max_of(node->child[side]) > max ? max_of(node->child[side]) : max;
    }
    return max;
}

static bool update(struct avl_node *node)
{
    struct avl_model_item *item = container_of(node, struct avl_model_item, node);
    unsigned max = max_right(node);
    bool changed = item->weight_max != max;
    item->weight_max = max;
    return changed;
}

void avl_model_init(struct avl_model *model, bool summary)
{
    memset(model, 0, sizeof(*model));
    model->tree.update = summary ? update : NULL;
    for (unsigned key = 0; key < AVL_MODEL_KEYS; key++) {
        model->items[key].key = key;
        model->items[key].weight = key * 2654435761u % AVL_MODEL_WEIGHTS;
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
    model->items[key].weight = weight % AVL_MODEL_WEIGHTS;
    if (model->present[key] && model->tree.update) {
        avl_node_changed(&model->tree, &model->items[key].node);
    }
}

/* Returns the height. */
static int check_subtree(const struct avl_node *node, const struct avl_node *parent, bool summary)
{
    if (!node) {
        return 0;
    }
    assert(node->parent == parent);
    int smaller = check_subtree(node->child[0], node, summary);
    int larger = check_subtree(node->child[1], node, summary);
    assert(larger - smaller >= -1 && larger - smaller <= 1);
    assert(node->height == 1 + (larger > smaller ? larger : smaller));
    assert(!summary || item_of(node)->weight_max == max_right(node));
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
