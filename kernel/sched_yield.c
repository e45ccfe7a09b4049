/* SPDX-License-Identifier: MIT */
/*
 * Letting an equal run. Mostly another thread of the same level is ready, and there is nothing else to
 * do: then the two change places, and the rest of the scheduler doesn't come into it.
 */
#include "arch/upcall.h"
#include "kernel/sched_switch.h"

/*
 * The running thread goes behind the others of its level, and the first of these, if nobody is more
 * urgent, gets the CPU; NULL: none does. The level of who runs is the same as before, and somebody is
 * still ready, so what others know of this CPU stays true.
 */
static inline struct thread *change_places(struct sched *mine, struct thread *thread)
{
    struct run_queue *queue = &mine->queue;
    struct thread *next = NULL;
    if (KERNEL_DEBUG) {
        assert(run_queue_mask(queue) == 0 || atomic_load(&mine->attention) >= thread->level);
    }
    spinlock_lock(&queue->lock);
    if (run_queue_top(queue) == thread->level && run_queue_may_run(queue, thread)) {
        struct thread *first = run_queue_first_locked(queue, thread->level);
        if (!level_is_stale(first)) {
            next = first;
            switch_from(mine, thread, next);
            run_queue_swap_locked(queue, next, thread);
        }
    }
    spinlock_unlock(&queue->lock);
    return next;
}

/*
 * Its turn isn't over, it isn't time to look for threads that starve, and nothing is wanted of this CPU:
 * so the thread hasn't got another priority or affinity either, and wasn't killed.
 */
static inline bool is_simple(const struct sched *mine, struct thread *thread, j6_time_t now)
{
    return this_cpu_read(cpu.pending) == 0 && turn_payer(thread)->turn_left > 0 &&
           now < mine->starved_look;
}

_Noreturn void sched_yield(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    j6_time_t now = clock_now();
    struct thread *next = NULL;
    switch_charge(mine, thread, now);
    if (is_simple(mine, thread, now)) {
        next = change_places(mine, thread);
    }
    if (next != NULL) {
        switch_to(mine, next);
        switch_begin_turn(mine, next);
        sched_offer(mine, thread);
    } else {
        mine->turn_over = true;
        cpu_pend(CPU_PENDING_SCHEDULE);
    }
    kernel_leave();
}
