/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/open.h"
#include "userland/bin/files/pool.h"

enum { OPEN_MAX = 1 << 18 };

static struct pool opens;

j6_status_t open_init(struct node *root, struct client *first)
{
    uint64_t number;
    j6_status_t status = pool_init(&opens, sizeof(struct open), OPEN_MAX);
    return status == j6_status_ok ? open_new(root, first, 0, &number) : status;
}

j6_status_t open_new(struct node *node, struct client *client, uint64_t flags, uint64_t *out_number)
{
    void *record;
    j6_status_t status = client_open(client);
    if (status != j6_status_ok) {
        return status;
    }
    status = pool_take(&opens, &record);
    if (status != j6_status_ok) {
        client_close(client);
        return status;
    }
    node_get(node);
    *(struct open *)record = (struct open){node, client, flags};
    *out_number = pool_number(&opens, record);
    return j6_status_ok;
}

struct open *open_at(uint64_t number)
{
    struct open *open = pool_at(&opens, number);
    return open != NULL && open->client != NULL ? open : NULL;
}

void open_end(uint64_t number)
{
    struct open *open = number != 0 ? open_at(number) : NULL;
    if (open == NULL) {
        return;
    }
    struct node *node = open->node;
    struct client *client = open->client;
    pool_give_back(&opens, open);
    node_put(node);
    client_close(client);
}
