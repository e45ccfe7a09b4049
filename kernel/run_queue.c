/* SPDX-License-Identifier: MIT */
#include "kernel/run_queue.h"
#include "kernel/thread.h"

#define TURN_NS 4000000ull /* of the most urgent; it grows with each level */

void run_queue_init(struct run_queue *queue)
{
    spinlock_init(&queue->lock, RANK_RUN_QUEUE);
    for (unsigned i = 0; i < PRIORITIES; i++) {
        list_init(&queue->ready[i]);
    }
}

static void mask_set_locked(struct run_queue *queue, uint32_t mask)
{
    atomic_store_explicit(&queue->ready_mask, mask, memory_order_relaxed);
}

static void push_locked(struct run_queue *queue, struct thread *thread, bool first)
{
    struct list *list = &queue->ready[thread->level];
    thread->state = THREAD_READY;
    if (first) {
        list_push_front(list, &thread->run_node);
    } else {
        list_push_back(list, &thread->run_node);
    }
    mask_set_locked(queue, run_queue_mask(queue) | 1u << thread->level);
}

static void take_locked(struct run_queue *queue, struct thread *thread)
{
    list_remove(&thread->run_node);
    if (list_is_empty(&queue->ready[thread->level])) {
        mask_set_locked(queue, run_queue_mask(queue) & ~(1u << thread->level));
    }
}

static struct thread *first_of(struct run_queue *queue, uint32_t level)
{
    return container_of(list_first(&queue->ready[level]), struct thread, run_node);
}

void run_queue_push(struct run_queue *queue, struct thread *thread, bool first, j6_time_t now)
{
    thread->since = now;
    spinlock_lock(&queue->lock);
    push_locked(queue, thread, first);
    spinlock_unlock(&queue->lock);
}

struct thread *run_queue_pop(struct run_queue *queue, uint32_t limit)
{
    struct thread *thread = NULL;
    if (run_queue_top(queue) >= limit) {
        return NULL; /* nobody else adds threads */
    }
    spinlock_lock(&queue->lock);
    uint32_t top = run_queue_top(queue);
    if (top < limit && top < PRIORITIES) {
        thread = first_of(queue, top);
        take_locked(queue, thread);
    }
    spinlock_unlock(&queue->lock);
    return thread;
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
        take_locked(queue, thread);
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
        take_locked(queue, thread);
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
        struct thread *thread = first_of(queue, level);
        if (now - thread->since >= STARVING_NS) {
            take_locked(queue, thread);
            thread->since = now;
            thread->level = level - 1;
            push_locked(queue, thread, false);
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

void level_update(struct thread *thread)
{
    uint32_t priority = atomic_load_explicit(&thread->priority, memory_order_relaxed);
    if (thread->last_priority != priority) {
        thread->last_priority = priority;
        thread->level = priority;
    }
}

void turn_used_up(struct thread *thread)
{
    if (thread->constant || thread->level < thread->priority) {
        thread->level = thread->priority;
    } else if (thread->level < LEVEL_LOWEST) {
        thread->level++;
    }
    thread->turn_left = (int64_t)turn_length(thread->level);
}

void turn_waited(struct thread *thread, j6_time_t waited)
{
    int64_t whole = (int64_t)turn_length(thread->level);
    if (waited < (uint64_t)whole && thread->turn_left + (int64_t)waited < whole) {
        thread->turn_left += (int64_t)waited;
        if (thread->turn_left <= 0) {
            turn_used_up(thread);
        }
        return;
    }
    if (thread->constant || thread->level <= thread->priority) {
        thread->level = thread->priority;
    } else {
        thread->level--;
    }
    thread->turn_left = (int64_t)turn_length(thread->level);
}
