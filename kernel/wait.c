/* SPDX-License-Identifier: MIT */
/* Signals, waits and their ends, as described in wait.h. */
#include "kernel/wait.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/thread.h"
#include <j6/flags.h>

/* What a wait for these bits says to the object's state; would_block: go on waiting. */
static j6_status_t verdict(const struct kobject *object, uint64_t mask)
{
    if (object->signals & mask) {
        return j6_status_ok;
    }
    if (object->signals & j6_signal_closed) {
        return j6_status_closed;
    }
    /* After the last reference nobody would end the wait any more. */
    return object->refs == 0 ? j6_status_destroyed : j6_status_would_block;
}

static struct thread *thread_of_wait(struct wait *wait)
{
    return container_of(wait, struct thread, wait);
}

static void wait_end_locked(struct wait *wait, j6_status_t status)
{
    struct thread *thread = thread_of_wait(wait);
    thread->tcb.rax = status;
    thread->tcb.arg[TCB_RDX] = wait->object->signals;
    list_remove(&wait->node);
    timer_cancel(&wait->timer);
    wait->object = NULL;
    sched_wake(thread);
}

void kobject_signal(struct kobject *object, uint64_t clear, uint64_t set)
{
    spinlock_lock(&object->lock);
    object->signals = (object->signals & ~clear) | set;
    struct wait *wait;
    list_for_each_entry_safe(wait, &object->waiters, node) {
        j6_status_t status = verdict(object, wait->mask);
        if (status != j6_status_would_block) {
            wait_end_locked(wait, status);
        }
    }
    spinlock_unlock(&object->lock);
}

uint64_t kobject_signals(struct kobject *object)
{
    spinlock_lock(&object->lock);
    uint64_t signals = object->signals;
    spinlock_unlock(&object->lock);
    return signals;
}

void kobject_waits_end(struct kobject *object, j6_status_t status)
{
    spinlock_lock(&object->lock);
    struct wait *wait;
    list_for_each_entry_safe(wait, &object->waiters, node) {
        wait_end_locked(wait, status);
    }
    spinlock_unlock(&object->lock);
}

/* The timer of a wait on an object: somebody else may be ending the wait at this moment. */
static void wait_timed_out(struct timer *timer)
{
    struct wait *wait = container_of(timer, struct wait, timer);
    struct kobject *object = wait->object;
    if (object == NULL) {
        return;
    }
    spinlock_lock(&object->lock);
    if (wait->object == object) {
        wait_end_locked(wait, j6_status_timed_out);
    }
    spinlock_unlock(&object->lock);
}

/*
 * A kill at this moment: the killer sets `killed` (K1), then looks whether the thread waits (K2). We
 * have begun to wait (W1), then look at `killed` (W2). All are sequentially consistent, so one of both
 * sees the other and undoes the wait; the object's lock sees to it that only one does.
 */
static void wait_begin_locked(struct thread *thread, struct kobject *object, uint64_t mask,
                              j6_time_t deadline)
{
    thread->wait.mask = mask;
    list_push_back(&object->waiters, &thread->wait.node);
    sched_mark_blocked(thread);
    if (deadline != j6_deadline_never) {
        timer_arm(&thread->wait.timer, deadline, wait_timed_out);
    }
    atomic_store(&thread->wait.object, object); /* W1 */
    if (atomic_load(&thread->killed)) {         /* W2 */
        wait_end_locked(&thread->wait, j6_status_cancelled);
    }
}

j6_status_t kobject_wait(struct kobject *object, uint64_t mask, j6_time_t deadline,
                         uint64_t *signals)
{
    bool late = deadline <= clock_now();
    spinlock_lock(&object->lock);
    *signals = object->signals;
    j6_status_t status = verdict(object, mask);
    if (status == j6_status_would_block && late && deadline != j6_deadline_poll) {
        status = j6_status_timed_out;
    }
    if (status != j6_status_would_block || deadline == j6_deadline_poll) {
        spinlock_unlock(&object->lock);
        return status;
    }
    wait_begin_locked(sched_current(), object, mask, deadline);
    spinlock_unlock(&object->lock);
    kernel_leave();
}

static void sleep_over(struct timer *timer)
{
    struct thread *thread = thread_of_wait(container_of(timer, struct wait, timer));
    thread->tcb.rax = j6_status_ok;
    sched_wake(thread);
}

void thread_sleep(j6_time_t deadline)
{
    struct thread *thread = sched_current();
    if (deadline <= clock_now()) {
        return;
    }
    sched_mark_blocked(thread);
    if (deadline != j6_deadline_never) {
        timer_arm(&thread->wait.timer, deadline, sleep_over);
    }
    if (atomic_load(&thread->killed)) {
        wait_cancel(thread);
    }
    kernel_leave();
}

void wait_cancel(struct thread *thread)
{
    struct wait *wait = &thread->wait;
    struct kobject *object = atomic_load(&wait->object); /* K2 */
    if (object == NULL) {
        timer_cancel(&wait->timer);
        sched_wake(thread);
        return;
    }
    spinlock_lock(&object->lock);
    if (wait->object == object) {
        wait_end_locked(wait, j6_status_cancelled);
    }
    spinlock_unlock(&object->lock);
}
