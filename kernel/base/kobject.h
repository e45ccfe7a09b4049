/* SPDX-License-Identifier: MIT */
/*
 * What all kernel objects have in common: a type, a koid that is never used twice, references,
 * signals and the threads that wait for them.
 *
 * Rules: the struct is the first member of its object. References are held by handle entries, by
 * mappings, and by what runs (a process with threads, a thread that hasn't ended). A pointer found
 * through a handle is good until the call blocks or comes to a step point, by the grace period;
 * kobject_get keeps it longer. kobject_put may take long, and come to step points: nothing is held.
 * When the last reference goes, destroy() takes the object apart; its memory lives on for a
 * grace period.
 */
#pragma once
#include "kernel/base/account.h"
#include "kernel/base/grace.h"
#include "kernel/base/spinlock.h"
#include "lib/list.h"
#include <j6/types.h>

struct kobject;

struct kobject_type {
    const char *name;
    enum j6_type number;
    enum lock_rank rank;                     /* of the object's lock */
    size_t size;                             /* charged to the maker's account */
    void (*destroy)(struct kobject *object); /* gives up what the object holds; NULL: nothing */
    void (*free)(struct kobject *object);    /* after the grace period */
    /* Each of these may be NULL. A handle that moves to another table neither appears nor goes. */
    void (*handle_added)(struct kobject *object, uint64_t rights);
    void (*handle_gone)(struct kobject *object, uint64_t rights);
    void (*last_handle)(struct kobject *object);
    uint64_t (*levels)(const struct kobject *object); /* signals read off its state; locked */
    /* Somebody is about to wait for these, none of which this may set; locked. */
    void (*awaited)(struct kobject *object, uint64_t mask);
};

struct kobject {
    /* Immutable after create */
    const struct kobject_type *type;
    j6_koid_t koid;
    struct account *account;
    /* Atomic */
    _Atomic uint32_t refs;
    _Atomic uint32_t handles;
    /* Guarded by lock */
    struct spinlock lock;
    uint64_t signals;
    struct list waiters;
    /* After the last reference */
    struct grace_item grace;
};

/* Makes an object with one reference, the caller's. quota if the account can't pay for it. */
j6_status_t kobject_init(struct kobject *object, const struct kobject_type *type,
                         struct account *account) J6_MUST_USE;

/* One more reference, by who has one or knows of one that stays. */
void kobject_get(struct kobject *object);

void kobject_put(struct kobject *object);

/*
 * A reference to an object that was found without one, through a handle that may be closed meanwhile or
 * in a list that destroy() takes it off: false if the last one has gone.
 */
bool kobject_try_get(struct kobject *object) J6_MUST_USE;

/* A handle entry appears, which takes over the caller's reference, or goes and drops it. */
void kobject_handle_add(struct kobject *object, uint64_t rights);
void kobject_handle_put(struct kobject *object, uint64_t rights);

/*
 * Implemented by kernel/signal.c: ends every wait on the object with the status; makes its signals say
 * whether it has handles.
 */
void kobject_waits_end(struct kobject *object, j6_status_t status);
void kobject_tell_handles(struct kobject *object);

/* How many objects of the type are alive. */
uint64_t kobject_live(enum j6_type type);
