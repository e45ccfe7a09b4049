/* SPDX-License-Identifier: MIT */
/* The timer queue of each CPU: a balanced tree, so arming and cancelling cost O(log n). */
#include "kernel/timer.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"
#include "kernel/sched.h"
#include "lib/container.h"
#include <j6/flags.h>

struct timer_queue {
    struct spinlock lock;
    /* Guarded by lock */
    struct avl_tree timers;
    uint64_t last_serial;
    j6_time_t alarm; /* what the hardware is set to */
};

static PER_CPU(struct timer_queue, timer_queue);

static struct timer *timer_of(const struct avl_node *node)
{
    return container_of(node, struct timer, node);
}

static int compare(const void *key, const struct avl_node *node)
{
    const struct timer *a = key;
    const struct timer *b = timer_of(node);
    if (a->deadline != b->deadline) {
        return a->deadline < b->deadline ? -1 : 1;
    }
    return a->serial < b->serial ? -1 : a->serial > b->serial;
}

/* The earlier of the first timer and the end of the running thread's turn. */
static void alarm_set_locked(struct timer_queue *queue)
{
    const struct avl_node *first = avl_first(&queue->timers);
    j6_time_t next = sched_turn_end();
    if (first != NULL && timer_of(first)->deadline < next) {
        next = timer_of(first)->deadline;
    }
    if (next != queue->alarm) {
        queue->alarm = next;
        clock_set_alarm(next);
    }
}

void timer_arm(struct timer *timer, j6_time_t deadline, void (*fire)(struct timer *timer))
{
    assert(timer->queue == NULL);
    struct timer_queue *queue = this_cpu(timer_queue);
    timer->deadline = deadline;
    timer->fire = fire;
    spinlock_lock(&queue->lock);
    timer->serial = ++queue->last_serial;
    timer->queue = queue;
    bool inserted = avl_insert(&queue->timers, &timer->node, timer, compare);
    assert(inserted);
    alarm_set_locked(queue);
    spinlock_unlock(&queue->lock);
}

bool timer_cancel(struct timer *timer)
{
    struct timer_queue *queue = timer->queue;
    if (queue == NULL) {
        return false;
    }
    spinlock_lock(&queue->lock);
    bool armed = timer->queue != NULL;
    if (armed) {
        avl_remove(&queue->timers, &timer->node);
        timer->queue = NULL;
    }
    spinlock_unlock(&queue->lock);
    return armed;
}

static struct timer *take_due_locked(struct timer_queue *queue, j6_time_t now)
{
    struct avl_node *first = avl_first(&queue->timers);
    if (first == NULL || timer_of(first)->deadline > now) {
        return NULL;
    }
    avl_remove(&queue->timers, first);
    timer_of(first)->queue = NULL;
    return timer_of(first);
}

void timers_run(void)
{
    struct timer_queue *queue = this_cpu(timer_queue);
    struct timer *due;
    do {
        j6_time_t now = clock_now();
        spinlock_lock(&queue->lock);
        due = take_due_locked(queue, now);
        if (due == NULL) {
            queue->alarm = 0; /* it has gone off, or is set anew */
            alarm_set_locked(queue);
        }
        spinlock_unlock(&queue->lock);
        if (due != NULL) {
            due->fire(due);
        }
    } while (due != NULL);
}

void timers_turn_changed(void)
{
    struct timer_queue *queue = this_cpu(timer_queue);
    spinlock_lock(&queue->lock);
    alarm_set_locked(queue);
    spinlock_unlock(&queue->lock);
}

void timers_init(void)
{
    spinlock_init(&this_cpu(timer_queue)->lock, RANK_TIMERS);
    this_cpu(timer_queue)->alarm = j6_deadline_never;
}
