/* SPDX-License-Identifier: MIT */
/*
 * A service: its process, as it comes, dies and is replaced.
 *
 *   waiting ──> starting ──> running ──> dies ──> pausing ──> starting …
 *      names it needs   j6_ready         │                     │
 *                                        └> ended, absent,     └> failed, after DEATHS_MAX
 *                                           stopped               short lives in a row
 *
 * Rules for services: all of this runs in one thread of init's, and waits for nothing: what takes time arrives in
 * its loop (manager.h).
 */
#pragma once
#include "userland/init/asking.h"
#include "userland/init/manifest.h"
#include <j6/j6.h>
#include <proto/services.h>

enum { SERVICE_TEXTS_MAX = 4, SERVICE_TOPS_MAX = 4 };

/* A channel that another service shows; kept so that its successor shows it too. */
struct service_text {
    const char *name;
    j6_handle_t channel;
    bool asked; /* that service, to show it */
};

struct service {
    const struct manifest_entry *entry;
    enum services_state state;
    enum services_state reported;
    j6_handle_t process; /* 0: none lives */
    j6_koid_t koid;
    j6_handle_t endpoint; /* for its clients; 0: none */
    j6_handle_t receiver; /* of an endpoint that is kept */
    j6_handle_t memory;   /* that is kept */
    uint64_t order;       /* of its first start among all; 0: it hasn't been started */
    uint64_t starts;
    uint64_t deaths;
    unsigned deaths_in_a_row;
    j6_time_t began;
    j6_time_t due;   /* when something is to be done if nothing happens before */
    bool is_watched; /* its process: the end of that will be heard of */
    bool is_stopping;
    bool restarts;            /* as soon as it has ended */
    struct question question; /* for its sake, of another service */
    struct service_text texts[SERVICE_TEXTS_MAX];
    j6_handle_t tops[SERVICE_TOPS_MAX]; /* of the file service, for the life that begins */
    size_t top_count;
    char detail[services_detail_size];
};

extern struct service services[MANIFEST_SERVICES_MAX];
extern size_t service_count;
extern struct manifest_times service_times;

void services_init(const struct manifest *manifest);

/* NULL: there is none. */
struct service *service_find(const char *name);
struct service *service_of_koid(j6_koid_t koid);

/* Of one that waits, or whose time has come. */
void service_start(struct service *service);

/* Something has changed: what it wants of others is asked for, and when that is there it is given its process. */
void service_go_on(struct service *service);

/* It has begun, but has no process yet: others are asked for what that is given. */
bool service_is_asking(const struct service *service);

/* Its process has signalled. */
void service_signalled(struct service *service, uint64_t signals);

/* The time `due` has come. */
void service_due(struct service *service);

/* Kills its process, whose end then comes as a signal; without one it is started, or stopped, at once. */
void service_restart(struct service *service);
void service_stop(struct service *service);

/* For the end of all: by closing its endpoint, or if it has none, by a kill. */
void service_end(struct service *service);

/* The endpoint at which it serves its names; 0: it doesn't, at the moment. */
j6_handle_t service_served(const struct service *service);

/* Is somebody going to serve, sooner or later? */
bool service_is_coming(const struct service *service);

const char *service_state_text(enum services_state state);

/* ---- from one state to the next -------------------------------------------------------------- */

/* It doesn't serve, and isn't coming: who waits for its names learns that. */
void service_settle(struct service *service, enum services_state state, const char *detail);

/* It begins, and can't, as service->detail tells. closed: what it needs isn't served any more. */
void service_start_failed(struct service *service, j6_status_t status);

/* Again after a while, unless it has died too often. */
void service_pause(struct service *service, const char *why);

/* Its process has ended. */
void service_died(struct service *service);
