/* SPDX-License-Identifier: MIT */
/*
 * Clients: where their paths begin, what they may do, and how much they use. What one uses counts
 * for all that it comes from, too, each of which has its limit; so a client that makes others can't
 * get beyond its own.
 *
 * Rules: a client is held by what it has open, by nodes that it owns, and by clients that come from
 * it. It has ended when nothing of it is open, and is freed when nobody holds it.
 */
#pragma once
#include <j6/status.h>
#include <proto/files.h>
#include <stdbool.h>
#include <stdint.h>

enum { CLIENT_DEPTH_MAX = 16 };

struct node;

/* How much of something, and how much at most. */
struct share {
    uint64_t used;
    uint64_t limit;
};

struct client {
    struct client *parent; /* NULL: the first one */
    struct node *top;      /* held; NULL when it has ended */
    struct share bytes;
    struct share open; /* with those of clients that come from it */
    uint64_t own_open; /* without */
    uint64_t holders;
    uint32_t depth;
    bool read_only;
};

/* Makes the first one, from which all others come. */
J6_MUST_USE j6_status_t client_init(struct node *root, uint64_t open_limit, uint64_t bytes_limit,
                                    struct client **out_first);

/* Held by the caller; `top` is held by it. quota: too many generations. */
J6_MUST_USE j6_status_t client_new(struct client *parent, struct node *top, struct client **out);
void client_hold(struct client *client);
void client_put(struct client *client);

/* Something more is open, which holds the client; or less. quota. */
J6_MUST_USE j6_status_t client_open(struct client *client);
void client_close(struct client *client);

/* A node of the client's has so many more bytes, or fewer. quota. */
J6_MUST_USE j6_status_t client_charge(struct client *client, uint64_t bytes);
void client_uncharge(struct client *client, uint64_t bytes);

struct files_space client_space(const struct client *client);
