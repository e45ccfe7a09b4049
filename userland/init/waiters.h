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

/* Is it the file service's name, and asked by a service? Then it gets a client (tops.h), and not the endpoint. */
bool waiters_want_client(const struct client *client, const struct names_fields *key);

/* At that endpoint the name is served now, or all the names of a list, which ends in NULL or is NULL. */
void waiters_tell(const struct names_fields *key, j6_handle_t endpoint);
void waiters_tell_all(const char *const *names, j6_handle_t endpoint);

/* Nobody is coming: who waits for these learns that. */
void waiters_give_up(const char *const *names);

/* Asks for the clients that are waited for: the next one of each service that asks nothing else. */
void waiters_ask(void);
