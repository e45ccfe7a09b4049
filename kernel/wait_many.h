/* SPDX-License-Identifier: MIT */
/*
 * A thread's wait for signals of several objects at once. It has a waiter in the list of each; the first
 * one that has something for it wakes it. The thread takes the others out itself, and fetches the
 * signals, before it goes on in user mode: its results lie in memory.
 *
 * Rules: the wait is guarded by the thread's wait_lock, of a higher rank than objects' locks. No
 * reference is held: an object that ends takes its waiter out of its list. Whoever takes one out has
 * nothing to do with it any more once `object` is NULL; the memory goes only then.
 */
#pragma once
#include "kernel/signal.h"
#include "mm/user_copy.h"
#include <j6/message.h>

enum { WAIT_MANY_MAX = 64 };

struct wait_many_item {
    struct waiter waiter; /* object: NULL, it is in no list; before the wait: what to wait for */
    struct wait_many *many;
    uint64_t signals; /* seen last; before the wait: the handle */
};

struct wait_many {
    /* Immutable during the wait */
    struct thread *thread;
    struct user_ptr items; /* struct j6_wait_item[count] */
    uint32_t count;
    /* Guarded by the thread's wait_lock */
    j6_status_t status; /* would_block: it isn't over yet */
    /* Each guarded by its object's lock */
    struct wait_many_item item[];
};

/* Memory for a wait, charged to the thread's process. The caller fills in what to wait for. */
j6_status_t wait_many_create(struct thread *thread, struct user_ptr items, uint32_t count,
                             struct wait_many **out_many) J6_MUST_USE;
void wait_many_destroy(struct wait_many *many);

/*
 * Waits, for the running thread, and destroys `many`. Returns if there is nothing to wait for, else
 * leaves the kernel. An object with a wanted bit comes before all others, then the first one that is
 * closed or has ended.
 */
j6_status_t wait_many(struct wait_many *many, j6_time_t deadline);
