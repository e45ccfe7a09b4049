/* SPDX-License-Identifier: MIT */
/* Koids grow, so what is added comes last as a rule. */
#include "kernel/base/koid_set.h"
#include "lib/container.h"

static struct koid_node *koid_node_of(struct avl_node *node)
{
    return node != NULL ? container_of(node, struct koid_node, node) : NULL;
}

struct koid_node *koid_set_from(const struct koid_set *set, j6_koid_t koid)
{
    struct avl_node *found = NULL;
    struct avl_node *node = set->tree.root;
    while (node != NULL) {
        bool below = node->value < koid;
        found = below ? found : node;
        node = node->child[below];
    }
    return koid_node_of(found);
}

struct koid_node *koid_set_next(const struct koid_node *node)
{
    return koid_node_of(avl_next(&node->node));
}

void koid_set_add(struct koid_set *set, struct koid_node *node, j6_koid_t koid)
{
    struct koid_node *next = koid_set_from(set, koid);
    node->node.value = koid;
    avl_insert_before(&set->tree, &node->node, next != NULL ? &next->node : NULL);
    set->count++;
}

void koid_set_remove(struct koid_set *set, struct koid_node *node)
{
    avl_remove(&set->tree, &node->node);
    set->count--;
}
