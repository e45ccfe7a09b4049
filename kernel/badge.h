/* SPDX-License-Identifier: MIT */
/*
 * Badges: a number that handles of one object carry, by which a server knows who uses them. A record of
 * its own is shared by all handles with it (ipc/badge.h makes them, for endpoints).
 *
 * What an entry of a handle table names is a target: an object, or a badge, which names the object.
 *
 * Rules: a badge is held by handles, and by messages on their way; the last one that lets go calls
 * badge_gone. Its memory stays for a grace period, and its object's as long as there are handles.
 */
#pragma once
#include "kernel/base/kobject.h"

struct badge {
    /* Immutable after create */
    struct kobject *object;
    uint64_t value;
    /* Atomic */
    _Atomic uint32_t holders;
};

/* The address of an object; or of a badge, and 1. */
typedef uintptr_t handle_target_t;

static inline handle_target_t target_of(struct kobject *object, struct badge *badge)
{
    return badge != NULL ? (handle_target_t)badge | 1 : (handle_target_t)object;
}

/* NULL: it has none. */
static inline struct badge *target_badge(handle_target_t target)
{
    return target & 1 ? (struct badge *)(target - 1) : NULL;
}

static inline struct kobject *target_object(handle_target_t target)
{
    return target & 1 ? target_badge(target)->object : (struct kobject *)target;
}

/* For who found the badge by a handle: false if the last holder has let go. */
static inline bool badge_try_get(struct badge *badge)
{
    uint32_t holders = atomic_load_explicit(&badge->holders, memory_order_relaxed);
    while (holders != 0 &&
           !atomic_compare_exchange_weak_explicit(&badge->holders, &holders, holders + 1,
                                                  memory_order_relaxed, memory_order_relaxed)) {}
    return holders != 0;
}

/* True: that was the last holder. acq_rel: what others did through the badge before comes before. */
static inline bool badge_drop(struct badge *badge)
{
    return atomic_fetch_sub_explicit(&badge->holders, 1, memory_order_acq_rel) == 1;
}

/* Implemented in ipc/badge.c: nobody holds it any more. */
void badge_gone(struct badge *badge);

static inline void badge_put(struct badge *badge)
{
    if (badge_drop(badge)) {
        badge_gone(badge);
    }
}

/* A handle to the target goes, with its references. */
static inline void target_handle_put(handle_target_t target, uint64_t rights)
{
    struct kobject *object = target_object(target);
    if (target_badge(target) != NULL) {
        badge_put(target_badge(target));
    }
    kobject_handle_put(object, rights);
}
