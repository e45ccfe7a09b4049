/* SPDX-License-Identifier: MIT */
/* Memory for the nodes of page trees; a node that is taken out stays readable for a grace period. */
#include "mm/page_tree.h"
#include "kernel/base/grace.h"
#include "lib/container.h"
#include "mm/slab.h"

struct tree_node {
    struct page_tree_node node;
    struct grace_item grace;
};

SLAB_CACHE(node_cache, "page_tree_node", struct tree_node);

struct page_tree_node *page_tree_node_alloc(void)
{
    struct tree_node *node = slab_alloc(&node_cache);
    return node != NULL ? &node->node : NULL;
}

static void node_free(struct grace_item *item)
{
    slab_free(&node_cache, container_of(item, struct tree_node, grace));
}

void page_tree_node_free(struct page_tree_node *node)
{
    grace_defer(&container_of(node, struct tree_node, node)->grace, node_free);
}
