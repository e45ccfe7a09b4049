/* SPDX-License-Identifier: MIT */
/*
 * A CPU's run queue: the threads that are ready, by how urgent they are at the moment (their level),
 * and the inbox, through which other CPUs hand over threads that they have woken.
 *
 *   level   its own level, or, if that is more urgent, a boost (kernel/boost.h). The own level begins as
 *           the thread's priority. Who uses up a turn goes down by one, as far as
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
#include "kernel/thread.h"
#include "lib/list.h"

enum {
    LEVEL_LOWEST = PRIORITY_IDLE - 1,
    STEAL_LOOKS = 4, /* threads of a level that a thief looks at: others may not run elsewhere */
};

#define STARVING_NS 300000000ull

struct run_queue {
    uint64_t own; /* the bit of its CPU; immutable */
    struct spinlock lock;
    /* Guarded by lock */
    struct list ready[PRIORITIES];
    _Atomic uint32_t ready_mask; /* bit n: ready[n] isn't empty; read without the lock as well */
    /* Atomic: a stack of threads, linked by inbox_next */
    struct thread *_Atomic inbox;
};

void run_queue_init(struct run_queue *queue, uint64_t own);

static inline uint32_t run_queue_mask(const struct run_queue *queue)
{
    return atomic_load_explicit(&queue->ready_mask, memory_order_relaxed);
}

static inline void run_queue_set_mask_locked(struct run_queue *queue, uint32_t mask)
{
    atomic_store_explicit(&queue->ready_mask, mask, memory_order_relaxed);
}

/* The most urgent level at which a thread is ready; PRIORITIES: none is. */
static inline uint32_t run_queue_top(const struct run_queue *queue)
{
    return (uint32_t)__builtin_ctz(run_queue_mask(queue) | 1u << PRIORITIES);
}

/* May the thread run on the CPU of this queue? */
static inline bool run_queue_may_run(const struct run_queue *queue, const struct thread *thread)
{
    return atomic_load_explicit(&thread->affinity, memory_order_relaxed) & queue->own;
}

/* A thread becomes ready, behind the others of its level; or, if `first`, before them. */
static inline void run_queue_push_locked(struct run_queue *queue, struct thread *thread, bool first)
{
    struct list *list = &queue->ready[thread->level];
    thread->state = THREAD_READY;
    list_insert_before(first ? list->head.next : &list->head, &thread->run_node);
    run_queue_set_mask_locked(queue, run_queue_mask(queue) | 1u << thread->level);
}

/* A ready thread is taken out. In a list of one, both neighbours are the head. */
static inline void run_queue_take_locked(struct run_queue *queue, struct thread *thread)
{
    if (thread->run_node.next == thread->run_node.prev) {
        run_queue_set_mask_locked(queue, run_queue_mask(queue) & ~(1u << thread->level));
    }
    list_remove(&thread->run_node);
}

/* The first of the threads of that level, of which there is one. */
static inline struct thread *run_queue_first_locked(struct run_queue *queue, uint32_t level)
{
    return container_of(queue->ready[level].head.next, struct thread, run_node);
}

/* A ready thread is taken out, and another of the same level becomes ready as the last. */
static inline void run_queue_swap_locked(struct run_queue *queue, struct thread *out,
                                         struct thread *in)
{
    in->state = THREAD_READY;
    list_remove(&out->run_node);
    list_push_back(&queue->ready[in->level], &in->run_node);
}

/* Takes the most urgent ready thread out, if it is more urgent than `limit`; else NULL. */
static inline struct thread *run_queue_pop_locked(struct run_queue *queue, uint32_t limit)
{
    struct thread *thread = NULL;
    if (run_queue_top(queue) < limit) {
        thread = run_queue_first_locked(queue, run_queue_top(queue));
        run_queue_take_locked(queue, thread);
    }
    return thread;
}

/* For a thief: the most urgent one that may run on that CPU, which becomes its home. NULL: none. */
struct thread *run_queue_steal(struct run_queue *queue, uint32_t thief);

/* Takes a thread out, if it is ready in this queue, that of CPU `home`: then the caller owns it. */
bool run_queue_take(struct run_queue *queue, struct thread *thread, uint32_t home);

/* Those that wait for too long go up by a level. */
void run_queue_promote(struct run_queue *queue, j6_time_t now);

/* Puts a thread into an inbox. */
void run_queue_send(struct run_queue *queue, struct thread *thread);

/* Is anything in its inbox? */
static inline bool run_queue_is_sent_some(const struct run_queue *queue)
{
    return atomic_load(&queue->inbox) != NULL;
}

/* Empties the inbox: the threads in the order in which they came, linked by inbox_next. */
struct thread *run_queue_receive(struct run_queue *queue);

/* How long a thread of that level may run while others are ready: its turn, in nanoseconds. */
j6_time_t turn_length(uint32_t level);

/* The thread has used its turn up, or has waited for so long: what level and turn it has by that. */
void turn_used_up(struct thread *thread);
void turn_waited(struct thread *thread, j6_time_t waited);

static inline uint32_t more_urgent(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t level_of_boosts(const struct thread *thread)
{
    const struct boost *boost = &thread->boost;
    uint32_t others = atomic_load_explicit(&boost->others_level, memory_order_relaxed);
    uint32_t serves = atomic_load_explicit(&boost->serves_level, memory_order_relaxed);
    return more_urgent(serves, others);
}

static inline uint32_t level_with_boosts(const struct thread *thread)
{
    return more_urgent(thread->own_level, level_of_boosts(thread));
}

/*
 * How urgent is what it says to others: as its level, but for what starving has added to that, which is to get
 * it a turn, and no more.
 */
static inline uint32_t message_level(const struct thread *thread)
{
    uint32_t priority = thread_priority(thread);
    bool starved = thread->own_level < priority;
    return starved ? more_urgent(priority, level_of_boosts(thread)) : thread->level;
}

/* Its level goes by what its priority and its boosts are now. */
void level_reset(struct thread *thread);
