/* SPDX-License-Identifier: MIT */
/* The protocol is described in wait.h, with its steps. */
#include "kernel/wait.h"
#include "kernel/thread.h"
#include <j6/flags.h>

static void undo_locked(struct thread *thread, j6_status_t status)
{
    struct wait *wait = &thread->wait;
    if (wait->type->undo == NULL) {
        wait->late = status;
        return;
    }
    wait->type->undo(thread);
    wait_end_locked(thread, status);
}

static void timed_out(struct timer *timer, uint64_t round)
{
    struct wait *wait = container_of(timer, struct wait, timer);
    struct spinlock *lock = atomic_load(&wait->lock); /* C1 */
    if (lock == NULL) {
        return;
    }
    spinlock_lock(lock); /* C2 */
    if (atomic_load_explicit(&wait->lock, memory_order_relaxed) == lock &&
        timer->round == round) { /* C3 */
        undo_locked(container_of(wait, struct thread, wait), wait->type->timed_out);
    }
    spinlock_unlock(lock);
}

void wait_begin_locked(struct thread *thread, struct spinlock *lock, const struct wait_type *type,
                       uint64_t target, j6_time_t deadline)
{
    struct wait *wait = &thread->wait;
    wait->type = type;
    atomic_store_explicit(&wait->target, target, memory_order_relaxed);
    sched_mark_blocked(thread);
    if (deadline != j6_deadline_never) {
        timer_arm(&wait->timer, deadline, timed_out);
    }
    atomic_store(&wait->lock, lock);    /* W2' */
    if (atomic_load(&thread->killed)) { /* W2" */
        undo_locked(thread, j6_status_cancelled);
    }
}

static inline void end_locked(struct thread *thread, j6_status_t status)
{
    struct wait *wait = &thread->wait;
    if (KERNEL_DEBUG) {
        assert(atomic_load(&wait->lock) != NULL && atomic_load(&wait->lock)->held != 0);
    }
    thread->tcb.rax = status;
    if (timer_is_armed(&wait->timer)) {
        timer_cancel(&wait->timer);
    }
    wait->timer.round++; /* its time-out may be on its way, and isn't one of the next wait */
    wait->late = j6_status_ok;
    atomic_store_explicit(&wait->lock, NULL, memory_order_relaxed);
}

void wait_end_locked(struct thread *thread, j6_status_t status)
{
    end_locked(thread, status);
    sched_wake(thread);
}

void wait_end_hand_over_locked(struct thread *thread, j6_status_t status)
{
    end_locked(thread, status);
    sched_hand_over(thread);
}

void wait_end_summon_locked(struct thread *thread, j6_status_t status)
{
    end_locked(thread, status);
    sched_summon(thread);
}

bool wait_cancel(struct thread *thread, j6_status_t status)
{
    struct wait *wait = &thread->wait;
    struct spinlock *lock = atomic_load(&wait->lock); /* K2, C1 */
    if (lock == NULL) {
        return false;
    }
    spinlock_lock(lock);                                                          /* C2 */
    bool waits = atomic_load_explicit(&wait->lock, memory_order_relaxed) == lock; /* C3 */
    if (waits) {
        undo_locked(thread, status);
    }
    spinlock_unlock(lock);
    return waits;
}

bool wait_is_locked(const struct thread *thread, const struct spinlock *lock,
                    const struct wait_type *type)
{
    return atomic_load_explicit(&thread->wait.lock, memory_order_relaxed) == lock &&
           thread->wait.type == type;
}
