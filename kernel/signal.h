/* SPDX-License-Identifier: MIT */
/*
 * Signals of objects, and waiting for them. Waiting is level-triggered: it returns at once if a wanted
 * bit is set.
 *
 * Rules: signals and the list of waiters are guarded by the object's lock (kernel/wait.h says how waits
 * end). A wait keeps no reference: the end of an object ends its waits first.
 */
#pragma once
#include "kernel/base/kobject.h"
#include "kernel/wait.h"
#include <j6/signals.h>

struct thread;

/* In object->waiters; guarded by the object's lock. */
struct waiter {
    struct list_node node;
    struct kobject *_Atomic object;
    uint64_t mask;
    /* Its wait ends with this status; takes it out of the list. The object's lock is held. */
    void (*wake_locked)(struct kobject *object, struct waiter *waiter, j6_status_t status);
};

/* Sets and clears signals; who waits for one of those set goes on. */
void kobject_signal(struct kobject *object, uint64_t clear, uint64_t set);
void kobject_signal_locked(struct kobject *object, uint64_t clear, uint64_t set);

/* The same on behalf of who has a handle. closed: the object is closed, or has ended. */
j6_status_t kobject_signal_user(struct kobject *object, uint64_t clear, uint64_t set) J6_MUST_USE;

/* One of its signals is waited for from now on; none of them is set. */
void kobject_await_locked(struct kobject *object, struct waiter *waiter);

uint64_t kobject_signals(struct kobject *object);
uint64_t kobject_signals_locked(const struct kobject *object);

/*
 * Waits, for the running thread. Returns with the status and *signals if there is nothing to wait
 * for; else leaves the kernel, and the thread gets both in its registers when the wait ends.
 */
j6_status_t kobject_wait(struct kobject *object, uint64_t mask, j6_time_t deadline,
                         uint64_t *signals);

/*
 * Waits, for the running thread, and changes none of its registers but rax: if a wanted signal ends the
 * wait, `again` runs before the thread goes on, to make the call once more. ok: one is set already.
 */
j6_status_t kobject_wait_again(struct kobject *object, uint64_t mask, j6_time_t deadline,
                               void (*again)(struct thread *thread));

/* Like kobject_wait for a user bit of the running thread, which is cleared; nothing else ends it. */
j6_status_t thread_pause(struct thread *thread, uint64_t *signals);

/* Sleeps until the deadline; returns if that has passed. */
void thread_sleep(struct thread *thread, j6_time_t deadline);

/* What a wait for these bits says to the object's state, with its lock held; would_block: wait. */
j6_status_t kobject_verdict_locked(const struct kobject *object, uint64_t mask);
