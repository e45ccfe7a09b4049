/* SPDX-License-Identifier: MIT */
#include "userland/init/waiters.h"
#include "lib/string.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"
#include "userland/init/names.h"
#include "userland/init/tops.h"

enum { WAITERS = 256 };

static struct waiter waiters[WAITERS];
static uint64_t last_number;

static const struct names_fields FILES = {"files"};

/* ---- the table ------------------------------------------------------------------------------- */

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

/* The first one from *index on that waits for that name, behind which *index is then. NULL: there is none. */
static struct waiter *next(const struct names_fields *key, size_t *index)
{
    while (*index < WAITERS) {
        struct waiter *waiter = &waiters[(*index)++];
        if (waiter->token != 0 && name_is_same(&waiter->key, key)) {
            return waiter;
        }
    }
    return NULL;
}

/* ---- answers --------------------------------------------------------------------------------- */

bool waiters_want_client(const struct client *client, const struct names_fields *key)
{
    return client->service != NULL && name_is_same(key, &FILES);
}

static void answer(struct waiter *waiter, j6_status_t status, j6_handle_t handle)
{
    uint64_t token = waiter->token;
    waiter->token = 0;
    status = j6_answer(manager_endpoint(), token, status, NULL, 0, handle);
    if (handle != 0 && status != j6_status_ok && status != j6_status_cancelled) {
        j6_handle_close(handle);
        j6_answer(manager_endpoint(), token, status, NULL, 0, 0);
    }
}

void waiters_tell(const struct names_fields *key, j6_handle_t endpoint)
{
    struct waiter *waiter;
    for (size_t i = 0; (waiter = next(key, &i)) != NULL;) {
        j6_handle_t copy = 0;
        if (!waiters_want_client(&waiter->client, key)) {
            j6_status_t status = client_give(waiter->client.service, endpoint, &copy);
            answer(waiter, status, copy);
        }
    }
}

void waiters_tell_all(const char *const *names, j6_handle_t endpoint)
{
    for (; names != NULL && *names != NULL; names++) {
        const struct names_fields key = names_fields(*names);
        waiters_tell(&key, endpoint);
    }
}

void waiters_give_up(const char *const *names)
{
    for (; names != NULL && *names != NULL; names++) {
        const struct names_fields key = names_fields(*names);
        struct waiter *waiter;
        for (size_t i = 0; (waiter = next(&key, &i)) != NULL;) {
            answer(waiter, j6_err_not_found, 0);
        }
    }
}

/* ---- clients of the file service ------------------------------------------------------------- */

/* The oldest of those who wait for that, for the service's sake. */
static struct waiter *first_for(const struct service *service)
{
    struct waiter *first = NULL, *waiter;
    for (size_t i = 0; (waiter = next(&FILES, &i)) != NULL;) {
        bool older = first == NULL || waiter->number < first->number;
        first = waiter->client.service == service && older ? waiter : first;
    }
    return first;
}

/* What went wrong for one goes wrong for all: nobody waits behind many who have given up. */
static void asked(struct service *service, j6_status_t status, j6_handle_t top)
{
    struct waiter *waiter = first_for(service);
    if (status == j6_status_closed) {
        return; /* they wait on, for its next life */
    }
    if (status == j6_status_ok && waiter == NULL) {
        j6_handle_close(top);
        return;
    }
    for (; waiter != NULL; waiter = status != j6_status_ok ? first_for(service) : NULL) {
        answer(waiter, status, top);
    }
}

void waiters_ask(void)
{
    j6_handle_t files = names_find(FILES.name);
    struct waiter *waiter;
    for (size_t i = 0; files != 0 && (waiter = next(&FILES, &i)) != NULL;) {
        struct service *service = waiter->client.service;
        if (service != NULL && !asking_is_busy(service)) {
            tops_ask_for(service, tops_line(service), files, asked);
        }
    }
}
