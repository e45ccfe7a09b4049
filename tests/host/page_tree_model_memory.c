/* SPDX-License-Identifier: MIT */
/* What the trees of the model stand on: nodes and pages. */
#include "kernel/base/assert.h"
#include "lib/container.h"
#include "tests/host/page_tree_model.h"
#include <stdlib.h>
#include <string.h>

struct model_node *model_nodes;
long model_nodes_live;
long model_nodes_made;
long model_nodes_left = -1;
uint32_t model_refs[MODEL_PAGES];

j6_status_t page_tree_node_alloc(struct page_tree *tree, struct page_tree_node **out_node)
{
    if (model_nodes_left == 0) {
        return model_nodes_made % 2 ? j6_err_quota : j6_err_no_memory;
    }
    model_nodes_left--;
    model_nodes_live++;
    model_nodes_made++;
    struct model_node *node = malloc(sizeof(*node));
    assert(node != NULL);
    memset(node, 0xd5, sizeof(*node)); /* the tree mustn't count on zeros */
    node->node.account = (struct account *)tree;
    node->next = model_nodes;
    node->link = &model_nodes;
    if (node->next != NULL) {
        node->next->link = &node->next;
    }
    model_nodes = node;
    *out_node = &node->node;
    return j6_status_ok;
}

void page_tree_node_free(struct page_tree_node *node)
{
    struct model_node *memory = container_of(node, struct model_node, node);
    struct model_tree *maker = (struct model_tree *)node->account;
    assert(maker >= model_trees && maker < model_trees + MODEL_TREES);
    *memory->link = memory->next;
    if (memory->next != NULL) {
        memory->next->link = memory->link;
    }
    model_nodes_live--;
    free(memory);
}

void page_tree_page_get(paddr_t page)
{
    assert(model_refs[page >> PAGE_SHIFT] > 0);
    model_refs[page >> PAGE_SHIFT]++;
}

void page_tree_page_put(paddr_t page)
{
    assert(model_refs[page >> PAGE_SHIFT] > 0);
    model_refs[page >> PAGE_SHIFT]--;
}

paddr_t model_page_new(void)
{
    static uint64_t last;
    do {
        last = last % (MODEL_PAGES - 1) + 1;
    } while (model_refs[last] != 0);
    model_refs[last] = 1;
    return last << PAGE_SHIFT | (last * 7 % PAGE_SIZE);
}
