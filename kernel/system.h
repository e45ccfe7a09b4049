/* SPDX-License-Identifier: MIT */
/*
 * The system object: the capability to power, interrupts, ports, device memory, log and information,
 * each as ranges of numbers. The first one has every range. system_restrict makes others with a part
 * of them; closing one of these revokes it, what was restricted from it, and so on, and all that was
 * made through them.
 *
 * Rules: a call asks system_check for each range that it touches. What it makes and must not outlive
 * the object it ties to it as a grant. No lock of a rank from RANK_SYSTEM on may be held.
 */
#pragma once
#include "kernel/base/kobject.h"
#include "kernel/log_reader.h"
#include "lib/container.h"
#include <j6/flags.h>

struct system {
    struct kobject object;
    /* Immutable after create */
    struct system *parent; /* what it was restricted from, a reference; NULL: the first one */
    size_t range_count;
    struct j6_range ranges[j6_ranges_max]; /* a set (kernel/ranges.h) */
    /* Guarded by the lock in system.c */
    struct list_node node; /* among the parent's children, unless one of both is closed */
    struct list children;
    struct list grants;
    /* Set under the lock, read without it */
    _Atomic bool closed;
    /* A lock of its own */
    struct log_reader log_reader; /* if it has the range log */
};

/*
 * What ends when the object is closed: an interrupt's binding, a grant of ports, a mapping of device
 * memory. It is part of, or belongs to, another object, the owner, and lives as long as that has
 * references, unless it is removed before. An owner with several revokes those whose object is closed. The
 * maker keeps a reference to the system object as long as the grant is tied to it.
 */
struct system_grant {
    struct kobject *owner;
    void (*revoke)(struct kobject *owner);
    struct list_node node;
};

static inline struct system *system_of(struct kobject *object)
{
    return container_of(object, struct system, object);
}

/* The first one, with every range. The caller gets a reference. quota, no_memory. */
j6_status_t system_create(struct account *account, struct system **out_system) J6_MUST_USE;

/*
 * Another one with these ranges. The caller gets a reference. invalid_arg (none, too many, malformed),
 * denied (not within those of `system`), closed, quota, no_memory.
 */
j6_status_t system_restrict(struct system *system, struct account *account,
                            const struct j6_range *ranges, size_t count,
                            struct system **out_system) J6_MUST_USE;

/* May this be done through the object? denied: not within its ranges; closed. */
j6_status_t system_check(const struct system *system, uint32_t kind, uint64_t first,
                         uint64_t count) J6_MUST_USE;

/* Ties a grant to the object. closed: too late. */
j6_status_t system_grant_add(struct system *system, struct system_grant *grant) J6_MUST_USE;

/* Unties it, if it is (still) tied to one. */
void system_grant_remove(struct system_grant *grant);

/* Revokes the object and all that came from it. bad_state: the first one; closed: it was done. */
j6_status_t system_close(struct system *system) J6_MUST_USE;
