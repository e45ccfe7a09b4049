/* SPDX-License-Identifier: MIT */
/*
 * What page trees stand on: memory for nodes, which the area pays for whose tree makes them, and
 * frames as pages. A node may outlive its area in the clones of that; it stays charged to the
 * account that paid.
 */
#include "kernel/base/account.h"
#include "lib/container.h"
#include "mm/frame.h"
#include "mm/page_tree.h"
#include "mm/slab.h"
#include "mm/vm_area.h"

SLAB_CACHE(node_cache, "page_tree_node", struct page_tree_node);

#define NODE_COST SLAB_COST(sizeof(struct page_tree_node))

j6_status_t page_tree_node_alloc(struct page_tree *tree, struct page_tree_node **out_node)
{
    struct account *account = container_of(tree, struct vm_area, pages)->object.account;
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, NODE_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct page_tree_node *node = slab_alloc(&node_cache);
    if (node == NULL) {
        account_uncharge(account, ACCOUNT_MEMORY, NODE_COST);
        return j6_err_no_memory;
    }
    account_get(account);
    node->account = account;
    *out_node = node;
    return j6_status_ok;
}

void page_tree_node_free(struct page_tree_node *node)
{
    struct account *account = node->account;
    slab_free(&node_cache, node);
    account_uncharge(account, ACCOUNT_MEMORY, NODE_COST);
    account_put(account);
}

void page_tree_page_get(paddr_t page)
{
    frame_get(page);
}

void page_tree_page_put(paddr_t page)
{
    frame_put(page);
}
