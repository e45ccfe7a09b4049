/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait for each other: mutexes, condition variables, semaphores, and what is done once.
 * They are words in memory; only who has to wait, or to wake somebody, calls the kernel.
 *
 *   static struct j6_mutex mutex;
 *   j6_mutex_lock(&mutex);
 *   …
 *   j6_mutex_unlock(&mutex);
 *
 * Rules: zeroed memory is the initial state of each, and nothing has to be destroyed. They stay where
 * they are while they are in use, and may lie in an area that several processes map. Deadlines are absolute, as
 * in all calls. What a thread did before it unlocks, wakes, posts or has done something once is seen by
 * who goes on because of that.
 */
#pragma once
#include <j6/status.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- mutex: one thread at a time ------------------------------------------------------------- */

struct j6_mutex {
    uint32_t state;
};

/* Not by the thread that has it already: that would wait for ever. */
void j6_mutex_lock(struct j6_mutex *mutex);
bool j6_mutex_try_lock(struct j6_mutex *mutex);

/* timed_out, would_block (deadline 0): somebody else has it. */
J6_MUST_USE j6_status_t j6_mutex_lock_until(struct j6_mutex *mutex, j6_time_t deadline);

/* By the thread that has it. Who waits goes on, but whoever comes first gets it. */
void j6_mutex_unlock(struct j6_mutex *mutex);

/* ---- condition variable: until something is true that a mutex guards -------------------------- */

struct j6_condition {
    uint32_t serial;
    uint32_t waiters;
};

/*
 * Unlocks the mutex, waits to be woken, and locks it again. The wait may end without a reason, so the
 * caller looks again:
 *
 *   while (!ready) { j6_condition_wait(&condition, &mutex); }
 */
void j6_condition_wait(struct j6_condition *condition, struct j6_mutex *mutex);

/* timed_out, would_block: the mutex is locked all the same. */
J6_MUST_USE j6_status_t j6_condition_wait_until(struct j6_condition *condition,
                                                struct j6_mutex *mutex, j6_time_t deadline);

/* At least one thread that waits, or all of them, goes on. */
void j6_condition_wake_one(struct j6_condition *condition);
void j6_condition_wake_all(struct j6_condition *condition);

/* ---- semaphore: a number of things that are there --------------------------------------------- */

struct j6_semaphore {
    uint32_t count;
    uint32_t waiters;
};

/* Takes one, when there is one. */
void j6_semaphore_wait(struct j6_semaphore *semaphore);
bool j6_semaphore_try_wait(struct j6_semaphore *semaphore);

/* timed_out, would_block: there is none. */
J6_MUST_USE j6_status_t j6_semaphore_wait_until(struct j6_semaphore *semaphore, j6_time_t deadline);

/* Adds some; there can be 2^32 - 1. */
void j6_semaphore_post(struct j6_semaphore *semaphore, uint32_t count);

/* ---- once ------------------------------------------------------------------------------------- */

struct j6_once {
    uint32_t state;
};

/* Who comes first runs it; it has run when this returns, whoever did. It must not come here again. */
void j6_once(struct j6_once *once, void (*run)(void));
