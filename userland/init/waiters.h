/* SPDX-License-Identifier: MIT */
/*
 * Who waits for a name. Nobody sees whether one of them has given up, so there is always room for one more: when all
 * is full, the oldest goes of the service that has the most of them, and is told quota. So who waits for names that
 * never come, again and again, is in nobody's way but his own.
 */
#pragma once
#include "userland/init/client.h"
#include <proto/names.h>

struct waiter {
    struct names_fields key;
    struct client client;
    uint64_t token; /* 0: the place is free */
    uint64_t number;
};

void waiters_add(const struct names_fields *key, const struct client *client, uint64_t token);

/* The first one from *index on that waits for that name, behind which *index is then. NULL: there is none. */
struct waiter *waiters_next(const struct names_fields *key, size_t *index);
