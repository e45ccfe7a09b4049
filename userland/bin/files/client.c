/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/client.h"
#include "userland/bin/files/node.h"
#include "userland/bin/files/pool.h"

enum { CLIENTS_MAX = 1 << 18 };

static struct pool clients;

/* ---- coming and going ----------------------------------------------------------------------- */

static struct client *client_fill(void *record, struct node *top, uint64_t open_limit,
                                  uint64_t bytes_limit)
{
    struct client *client = record;
    *client = (struct client){
        .top = top, .open = {.limit = open_limit}, .bytes = {.limit = bytes_limit}, .holders = 1};
    node_get(top);
    return client;
}

j6_status_t client_init(struct node *root, uint64_t open_limit, uint64_t bytes_limit,
                        struct client **out_first)
{
    void *record;
    j6_status_t status = pool_init(&clients, sizeof(struct client), CLIENTS_MAX);
    if (status == j6_status_ok) {
        status = pool_take(&clients, &record);
    }
    if (status == j6_status_ok) {
        *out_first = client_fill(record, root, open_limit, bytes_limit);
    }
    return status;
}

j6_status_t client_new(struct client *parent, struct node *top, struct client **out)
{
    void *record;
    if (parent->depth == CLIENT_DEPTH_MAX) {
        return j6_err_quota;
    }
    j6_status_t status = pool_take(&clients, &record);
    if (status != j6_status_ok) {
        return status;
    }
    struct client *client = client_fill(record, top, files_no_limit, files_no_limit);
    client->parent = parent;
    client->depth = parent->depth + 1;
    client->read_only = parent->read_only;
    client_hold(parent);
    *out = client;
    return j6_status_ok;
}

void client_hold(struct client *client)
{
    client->holders++;
}

/* The top goes with what was open last; one that never had anything open still has it. */
static void client_end(struct client *client)
{
    if (client->top != NULL) {
        struct node *top = client->top;
        client->top = NULL;
        node_put(top);
    }
}

void client_put(struct client *client)
{
    while (client != NULL && --client->holders == 0) {
        struct client *parent = client->parent;
        client_end(client);
        pool_give_back(&clients, client);
        client = parent;
    }
}

/* ---- limits --------------------------------------------------------------------------------- */

static uint64_t left(const struct share *share)
{
    return share->limit - share->used;
}

j6_status_t client_charge(struct client *client, uint64_t bytes)
{
    for (const struct client *c = client; c != NULL; c = c->parent) {
        if (bytes > left(&c->bytes)) {
            return j6_err_quota;
        }
    }
    for (struct client *c = client; c != NULL; c = c->parent) {
        c->bytes.used += bytes;
    }
    return j6_status_ok;
}

void client_uncharge(struct client *client, uint64_t bytes)
{
    for (; client != NULL; client = client->parent) {
        client->bytes.used -= bytes;
    }
}

j6_status_t client_open(struct client *client)
{
    for (const struct client *c = client; c != NULL; c = c->parent) {
        if (left(&c->open) == 0) {
            return j6_err_quota;
        }
    }
    for (struct client *c = client; c != NULL; c = c->parent) {
        c->open.used++;
    }
    client->own_open++;
    client_hold(client);
    return j6_status_ok;
}

void client_close(struct client *client)
{
    for (struct client *c = client; c != NULL; c = c->parent) {
        c->open.used--;
    }
    if (--client->own_open == 0) {
        client_end(client);
    }
    client_put(client);
}

struct files_space client_space(const struct client *client)
{
    struct files_space space = {client->bytes.used, left(&client->bytes), client->open.used,
                                left(&client->open)};
    for (; client != NULL; client = client->parent) {
        uint64_t bytes = left(&client->bytes);
        uint64_t open = left(&client->open);
        space.bytes_left = bytes < space.bytes_left ? bytes : space.bytes_left;
        space.open_left = open < space.open_left ? open : space.open_left;
    }
    return space;
}
