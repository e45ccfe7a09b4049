/* SPDX-License-Identifier: MIT */
#include "kernel/run_queue.h"

#define TURN_NS 4000000ull /* of the most urgent; it grows with each level */

void run_queue_init(struct run_queue *queue, uint64_t own)
{
    queue->own = own;
    spinlock_init(&queue->lock, RANK_RUN_QUEUE);
    for (unsigned i = 0; i < PRIORITIES; i++) {
        list_init(&queue->ready[i]);
    }
}

static struct thread *stealable_locked(struct run_queue *queue, uint32_t level, uint32_t thief)
{
    struct thread *thread;
    unsigned looks = 0;
    list_for_each_entry(thread, &queue->ready[level], run_node) {
        if (atomic_load_explicit(&thread->affinity, memory_order_relaxed) >> thief & 1) {
            return thread;
        }
        if (++looks == STEAL_LOOKS) {
            break;
        }
    }
    return NULL;
}

struct thread *run_queue_steal(struct run_queue *queue, uint32_t thief)
{
    struct thread *thread = NULL;
    if (run_queue_mask(queue) == 0) {
        return NULL;
    }
    spinlock_lock(&queue->lock);
    for (uint32_t mask = run_queue_mask(queue); mask != 0 && thread == NULL; mask &= mask - 1) {
        thread = stealable_locked(queue, (uint32_t)__builtin_ctz(mask), thief);
    }
    if (thread != NULL) {
        run_queue_take_locked(queue, thread);
        atomic_store(&thread->home, thief);
    }
    spinlock_unlock(&queue->lock);
    return thread;
}

bool run_queue_take(struct run_queue *queue, struct thread *thread, uint32_t home)
{
    spinlock_lock(&queue->lock);
    bool here = thread->state == THREAD_READY && list_is_linked(&thread->run_node) &&
                atomic_load_explicit(&thread->home, memory_order_relaxed) == home;
    if (here) {
        run_queue_take_locked(queue, thread);
    }
    spinlock_unlock(&queue->lock);
    return here;
}

void run_queue_promote(struct run_queue *queue, j6_time_t now)
{
    spinlock_lock(&queue->lock);
    for (uint32_t level = 1; level < PRIORITIES; level++) {
        if (!(run_queue_mask(queue) >> level & 1)) {
            continue;
        }
        struct thread *thread = run_queue_first_locked(queue, level);
        if (now - thread->since >= STARVING_NS) {
            run_queue_take_locked(queue, thread);
            thread->since = now;
            thread->own_level = level - 1;
            thread->level = level - 1;
            run_queue_push_locked(queue, thread, false);
        }
    }
    spinlock_unlock(&queue->lock);
}

void run_queue_send(struct run_queue *queue, struct thread *thread)
{
    struct thread *first = atomic_load_explicit(&queue->inbox, memory_order_relaxed);
    do {
        thread->inbox_next = first;
        /* Release: partner of the acquire in run_queue_receive. */
    } while (!atomic_compare_exchange_weak_explicit(&queue->inbox, &first, thread,
                                                    memory_order_release, memory_order_relaxed));
}

struct thread *run_queue_receive(struct run_queue *queue)
{
    struct thread *last = atomic_exchange_explicit(&queue->inbox, NULL, memory_order_acquire);
    struct thread *first = NULL;
    while (last != NULL) {
        struct thread *before = last->inbox_next;
        last->inbox_next = first;
        first = last;
        last = before;
    }
    return first;
}

j6_time_t turn_length(uint32_t level)
{
    return TURN_NS * (1 + level / 2);
}

void level_reset(struct thread *thread)
{
    uint32_t priority = atomic_load_explicit(&thread->priority, memory_order_relaxed);
    if (thread->last_priority != priority) {
        thread->last_priority = priority;
        thread->own_level = priority & ~PRIORITY_CONSTANT;
    }
    thread->level = level_with_boosts(thread);
}

static void turn_begin(struct thread *thread, uint32_t own_level)
{
    thread->own_level = own_level;
    thread->level = level_with_boosts(thread);
    thread->turn_left = (int64_t)turn_length(own_level);
}

void turn_used_up(struct thread *thread)
{
    uint32_t level = thread->own_level;
    uint32_t priority = thread_priority(thread);
    if (thread_is_constant(thread) || level < priority) {
        level = priority;
    } else if (level < LEVEL_LOWEST) {
        level++;
    }
    turn_begin(thread, level);
}

void turn_waited(struct thread *thread, j6_time_t waited)
{
    uint32_t level = thread->own_level;
    uint32_t priority = thread_priority(thread);
    int64_t whole = (int64_t)turn_length(level);
    if (waited < (uint64_t)whole && thread->turn_left + (int64_t)waited < whole) {
        thread->turn_left += (int64_t)waited;
        if (thread->turn_left <= 0) {
            turn_used_up(thread);
        }
        return;
    }
    turn_begin(thread, thread_is_constant(thread) || level <= priority ? priority : level - 1);
}
