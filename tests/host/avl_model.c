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

static uint64_t max_of(const struct avl_node *node)
{
    return node ? node->max : 0;
}

void avl_model_init(struct avl_model *model)
{
    memset(model, 0, sizeof(*model));
    for (unsigned key = 0; key < AVL_MODEL_KEYS; key++) {
        model->items[key].key = key;
        model->items[key].node.value = key * 2654435761u % AVL_MODEL_VALUES;
    }
}

void avl_model_insert(struct avl_model *model, unsigned key)
{
    struct avl_model_item twin = {.key = key, .node.value = AVL_MODEL_VALUES};
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

void avl_model_set_value(struct avl_model *model, unsigned key, unsigned value)
{
    if (model->present[key]) {
        model->items[key].node.value = value % AVL_MODEL_VALUES;
        avl_value_changed(&model->items[key].node);
    }
}

/* Returns the height. */
static int check_subtree(const struct avl_node *node, const struct avl_node *parent)
{
    if (!node) {
        return 0;
    }
    assert(node->parent == parent);
    int smaller = check_subtree(node->child[0], node);
    int larger = check_subtree(node->child[1], node);
    assert(larger - smaller >= -1 && larger - smaller <= 1);
    assert(node->height == 1 + (larger > smaller ? larger : smaller));
    uint64_t max = max_of(node->child[0]) > max_of(node->child[1]) ? max_of(node->child[0])
                                                                   : max_of(node->child[1]);
    assert(node->max == (node->value > max ? node->value : max));
    return node->height;
}

void avl_model_check(const struct avl_model *model)
{
    check_subtree(model->tree.root, NULL);
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
