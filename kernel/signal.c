/* SPDX-License-Identifier: MIT */
/* Signals, and the waits of threads for those of an object. */
#include "kernel/signal.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/thread.h"
#include <j6/flags.h>
#include <j6/info.h>

uint64_t kobject_signals_locked(const struct kobject *object)
{
    return object->type->levels == NULL ? object->signals
                                        : object->signals | object->type->levels(object);
}

j6_status_t kobject_verdict_locked(const struct kobject *object, uint64_t mask)
{
    uint64_t signals = kobject_signals_locked(object);
    if (signals & mask) {
        return j6_status_ok;
    }
    if (signals & j6_signal_closed) {
        return j6_status_closed;
    }
    /* After the last reference nobody would end the wait any more. */
    return object->refs == 0 ? j6_status_destroyed : j6_status_would_block;
}

static struct thread *thread_of_waiter(struct waiter *waiter)
{
    return container_of(waiter, struct thread, waiter);
}

static void take_out_locked(struct thread *thread)
{
    list_remove(&thread->waiter.node);
}

/* And gives it the signals. */
static void take_out_and_tell_locked(struct thread *thread)
{
    const struct kobject *object =
        atomic_load_explicit(&thread->waiter.object, memory_order_relaxed);
    take_out_locked(thread);
    thread->tcb.arg[TCB_RDX] = kobject_signals_locked(object);
}

static const struct wait_type object_wait = {
    .kind = j6_wait_object, .timed_out = j6_status_timed_out, .undo = take_out_and_tell_locked};

static const struct wait_type wait_again = {
    .kind = j6_wait_object, .timed_out = j6_status_timed_out, .undo = take_out_locked};

static const struct wait_type sleep = {
    .kind = j6_wait_sleep, .timed_out = j6_status_ok, .undo = take_out_locked};

static void wake_thread_locked(struct kobject *object, struct waiter *waiter, j6_status_t status)
{
    struct thread *thread = thread_of_waiter(waiter);
    thread->wait.type->undo(thread);
    if (status == j6_status_ok) {
        object->signals &= ~thread->waiter_clear;
    }
    wait_end_locked(thread, status);
}

void kobject_signal_locked(struct kobject *object, uint64_t clear, uint64_t set)
{
    struct waiter *waiter;
    object->signals = (object->signals & ~clear) | set;
    list_for_each_entry_safe(waiter, &object->waiters, node) {
        j6_status_t status = kobject_verdict_locked(object, waiter->mask);
        if (status != j6_status_would_block) {
            waiter->wake_locked(object, waiter, status);
        }
    }
}

void kobject_signal(struct kobject *object, uint64_t clear, uint64_t set)
{
    spinlock_lock(&object->lock);
    kobject_signal_locked(object, clear, set);
    spinlock_unlock(&object->lock);
}

j6_status_t kobject_signal_user(struct kobject *object, uint64_t clear, uint64_t set)
{
    spinlock_lock(&object->lock);
    bool closed = object->signals & j6_signal_closed;
    if (!closed) {
        kobject_signal_locked(object, clear, set);
    }
    spinlock_unlock(&object->lock);
    return closed ? j6_status_closed : j6_status_ok;
}

uint64_t kobject_signals(struct kobject *object)
{
    spinlock_lock(&object->lock);
    uint64_t signals = kobject_signals_locked(object);
    spinlock_unlock(&object->lock);
    return signals;
}

/* Looks at the count under the lock: so it is the last look that is told, whoever came first. */
void kobject_tell_handles(struct kobject *object)
{
    spinlock_lock(&object->lock);
    bool none = atomic_load_explicit(&object->handles, memory_order_relaxed) == 0;
    bool told = (object->signals & j6_signal_no_handles) != 0;
    if (none != told) {
        kobject_signal_locked(object, j6_signal_no_handles, none ? j6_signal_no_handles : 0);
    }
    spinlock_unlock(&object->lock);
}

void kobject_waits_end(struct kobject *object, j6_status_t status)
{
    struct waiter *waiter;
    spinlock_lock(&object->lock);
    list_for_each_entry_safe(waiter, &object->waiters, node) {
        waiter->wake_locked(object, waiter, status);
    }
    spinlock_unlock(&object->lock);
}

void kobject_await_locked(struct kobject *object, struct waiter *waiter)
{
    if (object->type->awaited != NULL) {
        object->type->awaited(object, waiter->mask);
    }
    list_push_back(&object->waiters, &waiter->node);
}

static void wait_locked(struct kobject *object, uint64_t mask, uint64_t clear,
                        const struct wait_type *type, j6_time_t deadline)
{
    struct thread *thread = sched_current();
    atomic_store_explicit(&thread->waiter.object, object, memory_order_relaxed);
    thread->waiter.mask = mask;
    thread->waiter_clear = clear;
    thread->waiter.wake_locked = wake_thread_locked;
    kobject_await_locked(object, &thread->waiter);
    wait_begin_locked(thread, &object->lock, type, mask != 0 ? object->koid : 0, deadline);
}

/* Unless there is nothing to wait for: then the status and *signals. */
static inline j6_status_t wait_for(struct kobject *object, uint64_t mask, j6_time_t deadline,
                                   uint64_t *signals, const struct wait_type *type,
                                   void (*resume)(struct thread *thread))
{
    bool late = deadline_is_over(deadline);
    spinlock_lock(&object->lock);
    *signals = kobject_signals_locked(object);
    j6_status_t status = kobject_verdict_locked(object, mask);
    if (status == j6_status_would_block && late && deadline != j6_deadline_poll) {
        status = j6_status_timed_out;
    }
    if (status != j6_status_would_block || deadline == j6_deadline_poll) {
        spinlock_unlock(&object->lock);
        return status;
    }
    sched_current()->resume = resume;
    wait_locked(object, mask, 0, type, deadline);
    spinlock_unlock(&object->lock);
    kernel_leave();
}

j6_status_t kobject_wait(struct kobject *object, uint64_t mask, j6_time_t deadline,
                         uint64_t *signals)
{
    return wait_for(object, mask, deadline, signals, &object_wait, NULL);
}

j6_status_t kobject_wait_again(struct kobject *object, uint64_t mask, j6_time_t deadline,
                               void (*again)(struct thread *thread))
{
    uint64_t signals;
    return wait_for(object, mask, deadline, &signals, &wait_again, again);
}

j6_status_t thread_pause(struct thread *thread, uint64_t *signals)
{
    struct kobject *object = &thread->object;
    spinlock_lock(&object->lock);
    if (object->signals & j6_signal_user_mask) {
        *signals = object->signals;
        object->signals &= ~j6_signal_user_mask;
        spinlock_unlock(&object->lock);
        return j6_status_ok;
    }
    wait_locked(object, j6_signal_user_mask, j6_signal_user_mask, &object_wait, j6_deadline_never);
    spinlock_unlock(&object->lock);
    kernel_leave();
}

/* A wait for no signal of its own: nobody but the clock ends it. */
void thread_sleep(struct thread *thread, j6_time_t deadline)
{
    if (deadline_is_over(deadline)) {
        return;
    }
    spinlock_lock(&thread->object.lock);
    wait_locked(&thread->object, 0, 0, &sleep, deadline);
    spinlock_unlock(&thread->object.lock);
    kernel_leave();
}
