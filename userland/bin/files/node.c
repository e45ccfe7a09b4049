/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/node.h"
#include "userland/bin/files/content.h"
#include "userland/bin/files/pool.h"
#include "userland/bin/files/text.h"
#include <j6/j6.h>

enum { NODES_MAX = 1 << 18 };

static struct pool nodes;
static uint64_t last_id;

j6_status_t node_init(void)
{
    return pool_init(&nodes, sizeof(struct node), NODES_MAX);
}

/* The time of day, as long as it is known. */
void node_touch(struct node *node)
{
    if (j6_time_of_day(&node->modified) != j6_status_ok) {
        j6_clock(&node->modified);
    }
}

/* ---- charges -------------------------------------------------------------------------------- */

j6_status_t node_charge(struct node *node, struct client *client, uint64_t bytes)
{
    struct client *owner = node->owner != NULL ? node->owner : client;
    uint64_t cost = files_node_cost + bytes;
    j6_status_t status = j6_status_ok;
    if (cost > node->charged) {
        status = client_charge(owner, cost - node->charged);
    } else {
        client_uncharge(owner, node->charged - cost);
    }
    if (status == j6_status_ok) {
        node->charged = cost;
        if (node->owner == NULL) {
            node->owner = owner;
            client_hold(owner);
        }
    }
    return status;
}

/* ---- coming and going ----------------------------------------------------------------------- */

static void node_free(struct node *node)
{
    if (node->owner != NULL) {
        client_uncharge(node->owner, node->charged);
        client_put(node->owner);
    }
    if (node->type == files_type_file) {
        content_drop(&node->content);
    } else if (node->type == files_type_link && node->link.target != NULL) {
        text_free(node->link.target, node->link.len);
    }
    pool_give_back(&nodes, node);
}

j6_status_t node_new(enum files_type type, uint32_t mode, struct client *owner,
                     struct node **out_node)
{
    void *record;
    j6_status_t status = pool_take(&nodes, &record);
    if (status != j6_status_ok) {
        return status;
    }
    struct node *node = record;
    node->type = type;
    node->mode = mode;
    node->id = ++last_id;
    node->holders = 1;
    node_touch(node);
    if (owner != NULL) {
        status = node_charge(node, owner, 0);
        if (status != j6_status_ok) {
            node_put(node);
            return status;
        }
    }
    *out_node = node;
    return j6_status_ok;
}

j6_status_t node_new_link(const char *target, size_t len, struct client *owner,
                          struct node **out_node)
{
    struct node *node;
    j6_status_t status = node_new(files_type_link, 0, owner, &node);
    if (status != j6_status_ok) {
        return status;
    }
    status = text_new(target, len, &node->link.target);
    node->link.len = len;
    node->size = len;
    if (status == j6_status_ok && owner != NULL) {
        status = node_charge(node, owner, len);
    }
    if (status != j6_status_ok) {
        node_put(node);
        return status;
    }
    *out_node = node;
    return j6_status_ok;
}

void node_get(struct node *node)
{
    node->holders++;
}

void node_put(struct node *node)
{
    if (--node->holders == 0) {
        node_free(node);
    }
}
