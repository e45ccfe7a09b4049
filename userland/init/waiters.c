/* SPDX-License-Identifier: MIT */
#include "userland/init/waiters.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"

enum { WAITERS = 256 };

static struct waiter waiters[WAITERS];
static uint64_t last_number;

/* 0 is who started this init. */
static size_t group_of(const struct waiter *waiter)
{
    const struct service *service = waiter->client.service;
    return service != NULL ? (size_t)(service - services) + 1 : 0;
}

static size_t largest_group(void)
{
    size_t counts[MANIFEST_SERVICES_MAX + 1] = {0};
    size_t largest = 0;
    for (size_t i = 0; i < WAITERS; i++) {
        size_t group = group_of(&waiters[i]);
        counts[group]++;
        largest = counts[group] > counts[largest] ? group : largest;
    }
    return largest;
}

/* All are taken. */
static struct waiter *make_room(void)
{
    size_t group = largest_group();
    struct waiter *oldest = NULL;
    for (size_t i = 0; i < WAITERS; i++) {
        bool older = oldest == NULL || waiters[i].number < oldest->number;
        if (group_of(&waiters[i]) == group && older) {
            oldest = &waiters[i];
        }
    }
    j6_answer(manager_endpoint(), oldest->token, j6_err_quota, NULL, 0, 0);
    return oldest;
}

static struct waiter *find_room(void)
{
    for (size_t i = 0; i < WAITERS; i++) {
        if (waiters[i].token == 0) {
            return &waiters[i];
        }
    }
    return make_room();
}

void waiters_add(const struct names_fields *key, const struct client *client, uint64_t token)
{
    *find_room() =
        (struct waiter){.key = *key, .client = *client, .token = token, .number = ++last_number};
}

struct waiter *waiters_next(const struct names_fields *key, size_t *index)
{
    while (*index < WAITERS) {
        struct waiter *waiter = &waiters[(*index)++];
        if (waiter->token != 0 && name_is_same(&waiter->key, key)) {
            return waiter;
        }
    }
    return NULL;
}
