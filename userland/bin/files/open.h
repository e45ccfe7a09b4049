/* SPDX-License-Identifier: MIT */
/*
 * What is open: a node, for whom, and for what. Whoever has a handle to it asks with its number as
 * badge; it is closed when *badge gone* tells that nobody has one. Number 0 is the root, for
 * handles without a badge, and for ever.
 */
#pragma once
#include "userland/bin/files/client.h"
#include "userland/bin/files/node.h"

struct open {
    struct node *node;     /* held */
    struct client *client; /* held; NULL: it isn't open */
    uint64_t flags;        /* files_open_read, _write, _append */
};

J6_MUST_USE j6_status_t open_init(struct node *root, struct client *first);

/* Holds the node, and counts for the client. quota, no_memory. */
J6_MUST_USE j6_status_t open_new(struct node *node, struct client *client, uint64_t flags,
                                 uint64_t *out_number);

/* NULL: nothing open has that number. */
struct open *open_at(uint64_t number);
void open_end(uint64_t number);
