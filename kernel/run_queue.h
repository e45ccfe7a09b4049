/* SPDX-License-Identifier: MIT */
/*
 * A CPU's run queue: the threads that are ready, by how urgent they are at the moment (their level),
 * and the inbox, through which other CPUs hand over threads that they have woken.
 *
 *   level   begins as the thread's priority. Who uses up a turn goes down by one, as far as
 *           LEVEL_LOWEST. Waiting gives as much of the turn back as it takes: who has a whole one again
 *           goes up by one, as far as its priority. So who runs more than it waits becomes less urgent,
 *           however often it waits.
 *           Who is ready for STARVING_NS without getting a turn goes up by one each time, as far
 *           as it takes; after that turn it is back at its priority. Constant threads stay where they
 *           are, but for starving.
 *
 * Rules: the lists of ready threads are guarded by the lock; only the owning CPU adds to them, and
 * idle CPUs take from them. Anybody may put a thread that he owns into an inbox.
 */
#pragma once
#include "kernel/base/spinlock.h"
#include "kernel/sched.h"
#include "lib/list.h"

enum {
    LEVEL_LOWEST = PRIORITY_IDLE - 1,
    STEAL_LOOKS = 4, /* threads of a level that a thief looks at: others may not run elsewhere */
};

#define STARVING_NS 300000000ull

struct run_queue {
    struct spinlock lock;
    /* Guarded by lock */
    struct list ready[PRIORITIES];
    _Atomic uint32_t ready_mask; /* bit n: ready[n] isn't empty; read without the lock as well */
    /* Atomic: a stack of threads, linked by inbox_next */
    struct thread *_Atomic inbox;
};

void run_queue_init(struct run_queue *queue);

static inline uint32_t run_queue_mask(const struct run_queue *queue)
{
    return atomic_load_explicit(&queue->ready_mask, memory_order_relaxed);
}

/* The most urgent level at which a thread is ready; PRIORITIES: none is. */
static inline uint32_t run_queue_top(const struct run_queue *queue)
{
    uint32_t mask = run_queue_mask(queue);
    return mask != 0 ? (uint32_t)__builtin_ctz(mask) : PRIORITIES;
}

/* A thread becomes ready, behind the others of its level; or, if `first`, before them. */
void run_queue_push(struct run_queue *queue, struct thread *thread, bool first, j6_time_t now);

/* Takes the most urgent ready thread out, if it is more urgent than `limit`; else NULL. */
struct thread *run_queue_pop(struct run_queue *queue, uint32_t limit);

/* For a thief: the most urgent one that may run on that CPU, which becomes its home. NULL: none. */
struct thread *run_queue_steal(struct run_queue *queue, uint32_t thief);

/* Takes a thread out, if it is ready in this queue, that of CPU `home`: then the caller owns it. */
bool run_queue_take(struct run_queue *queue, struct thread *thread, uint32_t home);

/* Those that wait for too long go up by a level. */
void run_queue_promote(struct run_queue *queue, j6_time_t now);

/* Puts a thread into an inbox. */
void run_queue_send(struct run_queue *queue, struct thread *thread);

/* Empties the inbox: the threads in the order in which they came, linked by inbox_next. */
struct thread *run_queue_receive(struct run_queue *queue);

/* How long a thread of that level may run while others are ready: its turn, in nanoseconds. */
j6_time_t turn_length(uint32_t level);

/* The thread has used its turn up, or has waited for so long: what level and turn it has by that. */
void turn_used_up(struct thread *thread);
void turn_waited(struct thread *thread, j6_time_t waited);

/* Somebody may have given it another priority. */
void level_update(struct thread *thread);
