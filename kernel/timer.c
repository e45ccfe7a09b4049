/* SPDX-License-Identifier: MIT */
/*
 * The timer queue of each CPU: a balanced tree, so arming and cancelling cost O(log n). The alarm is
 * never put off when what it was set for has gone: it goes off, finds nothing, and is set anew. So a
 * thread that waits with a deadline again and again doesn't program the hardware each time.
 */
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
    /* Only the owning CPU */
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

/* Sees to it that the alarm goes off by then. */
static void alarm_by(struct timer_queue *queue, j6_time_t deadline)
{
    if (deadline < queue->alarm) {
        queue->alarm = deadline;
        clock_set_alarm(deadline);
    }
}

void timer_arm(struct timer *timer, j6_time_t deadline,
               void (*fire)(struct timer *timer, uint64_t round))
{
    assert(!timer_is_armed(timer));
    struct timer_queue *queue = this_cpu(timer_queue);
    timer->deadline = deadline;
    timer->fire = fire;
    timer->round++;
    spinlock_lock(&queue->lock);
    timer->serial = ++queue->last_serial;
    atomic_store_explicit(&timer->queue, queue, memory_order_relaxed);
    bool inserted = avl_insert(&queue->timers, &timer->node, timer, compare);
    assert(inserted);
    spinlock_unlock(&queue->lock);
    alarm_by(queue, deadline);
}

bool timer_cancel(struct timer *timer)
{
    struct timer_queue *queue = atomic_load_explicit(&timer->queue, memory_order_relaxed);
    if (queue == NULL) {
        return false;
    }
    spinlock_lock(&queue->lock);
    bool armed = timer_is_armed(timer);
    if (armed) {
        avl_remove(&queue->timers, &timer->node);
        atomic_store_explicit(&timer->queue, NULL, memory_order_relaxed);
    }
    spinlock_unlock(&queue->lock);
    return armed;
}

/* What has been taken off, as it was armed: whoever it belongs to may arm it again at once. */
struct due {
    struct timer *timer;
    void (*fire)(struct timer *timer, uint64_t round);
    uint64_t round;
};

static bool take_due(struct timer_queue *queue, j6_time_t now, struct due *due)
{
    spinlock_lock(&queue->lock);
    struct avl_node *first = avl_first(&queue->timers);
    bool found = first != NULL && timer_of(first)->deadline <= now;
    if (found) {
        struct timer *timer = timer_of(first);
        *due = (struct due){timer, timer->fire, timer->round};
        avl_remove(&queue->timers, first);
        atomic_store_explicit(&timer->queue, NULL, memory_order_relaxed);
    }
    spinlock_unlock(&queue->lock);
    return found;
}

static j6_time_t first_deadline(struct timer_queue *queue)
{
    spinlock_lock(&queue->lock);
    const struct avl_node *first = avl_first(&queue->timers);
    j6_time_t deadline = first != NULL ? timer_of(first)->deadline : j6_deadline_never;
    spinlock_unlock(&queue->lock);
    return deadline;
}

void timers_run(void)
{
    struct timer_queue *queue = this_cpu(timer_queue);
    struct due due;
    while (take_due(queue, clock_now(), &due)) {
        due.fire(due.timer, due.round);
    }
    queue->alarm = j6_deadline_never; /* it has gone off */
    alarm_by(queue, first_deadline(queue));
    alarm_by(queue, sched_turn_end());
}

void timers_turn_ends(j6_time_t turn_end)
{
    if (turn_end < this_cpu_read(timer_queue.alarm)) {
        alarm_by(this_cpu(timer_queue), turn_end);
    }
}

void timers_init(void)
{
    struct timer_queue *queue = this_cpu(timer_queue);
    spinlock_init(&queue->lock, RANK_TIMERS);
    queue->alarm = j6_deadline_never;
}
