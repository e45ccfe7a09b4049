/* SPDX-License-Identifier: MIT */
/* Waits for several objects, as described in wait_many.h. */
#include "kernel/wait_many.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/process.h"
#include "mm/kalloc.h"
#include <j6/flags.h>
#include <stddef.h>

static size_t size_of(uint32_t count)
{
    return sizeof(struct wait_many) + count * sizeof(struct wait_many_item);
}

_Static_assert(sizeof(struct wait_many) + WAIT_MANY_MAX * sizeof(struct wait_many_item) <=
                   PAGE_SIZE,
               "kfree waits for nobody");

j6_status_t wait_many_create(struct thread *thread, struct user_ptr items, uint32_t count,
                             struct wait_many **out_many)
{
    struct account *account = thread->process->account;
    size_t size = size_of(count);
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, kalloc_cost(size));
    if (status != j6_status_ok) {
        return status;
    }
    struct wait_many *many = kalloc(size);
    if (many == NULL) {
        account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(size));
        return j6_err_no_memory;
    }
    many->thread = thread;
    many->items = items;
    many->count = count;
    many->status = j6_status_would_block;
    *out_many = many;
    return j6_status_ok;
}

void wait_many_destroy(struct wait_many *many)
{
    struct account *account = many->thread->process->account;
    size_t size = size_of(many->count);
    kfree(many);
    account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(size));
}

static struct wait_many_item *item_of(struct waiter *waiter)
{
    return container_of(waiter, struct wait_many_item, waiter);
}

/* ---- the wait's end ---- */

/* The last thing that whoever takes it out does with it. Release: partner of the acquire in take_back. */
static void forget_locked(struct wait_many_item *item)
{
    atomic_store_explicit(&item->waiter.object, NULL, memory_order_release);
}

static void forget_waiter_locked(struct wait_many_item *item, const struct kobject *object)
{
    item->signals = kobject_signals_locked(object);
    list_remove(&item->waiter.node);
    forget_locked(item);
}

/*
 * The object may end meanwhile, and takes the waiter out first. Then its lock is there for a grace
 * period still.
 */
static void take_back(struct wait_many_item *item)
{
    struct kobject *object = atomic_load_explicit(&item->waiter.object, memory_order_acquire);
    if (object == NULL) {
        return;
    }
    spinlock_lock(&object->lock);
    if (list_is_linked(&item->waiter.node)) {
        forget_waiter_locked(item, object);
    }
    spinlock_unlock(&object->lock);
}

static j6_status_t tell_signals(const struct wait_many *many)
{
    j6_status_t status = j6_status_ok;
    for (uint32_t i = 0; i < many->count && status == j6_status_ok; i++) {
        uint64_t offset = i * sizeof(struct j6_wait_item) + offsetof(struct j6_wait_item, signals);
        status = user_store(user_ptr_add(many->items, offset), many->item[i].signals);
    }
    return status;
}

/* In the thread's own space. Who was killed gets nothing any more. */
static j6_status_t finish(struct wait_many *many, j6_status_t status)
{
    for (uint32_t i = 0; i < many->count; i++) {
        take_back(&many->item[i]);
    }
    j6_status_t told = status != j6_status_cancelled ? tell_signals(many) : j6_status_ok;
    wait_many_destroy(many);
    return told == j6_status_ok ? status : told;
}

static void resume(struct thread *thread)
{
    thread->tcb.rax = finish(thread->many, thread->tcb.rax);
}

/* The waiters stay where they are: their objects' locks come before this one. */
static void end_locked(struct thread *thread)
{
    thread->many->status = j6_status_cancelled;
}

static const struct wait_type many_wait = {
    .kind = j6_wait_many, .timed_out = j6_status_timed_out, .undo = end_locked};

/* One of the objects ends the wait. */
static void wake_locked(struct kobject *object, struct waiter *waiter, j6_status_t status)
{
    struct wait_many *many = item_of(waiter)->many;
    struct thread *thread = many->thread;
    spinlock_lock(&thread->wait_lock);
    if (many->status == j6_status_would_block) {
        many->status = status;
        if (wait_is_locked(thread, &thread->wait_lock, &many_wait)) {
            wait_end_locked(thread, status);
        }
    }
    spinlock_unlock(&thread->wait_lock);
    forget_waiter_locked(item_of(waiter), object);
}

/* ---- its beginning ---- */

/* What the object says; unless that ends the wait, and if there is to be one, it is waited for. */
static j6_status_t look_at(struct wait_many *many, struct wait_many_item *item, bool waits)
{
    struct kobject *object = item->waiter.object;
    spinlock_lock(&object->lock);
    item->signals = kobject_signals_locked(object);
    j6_status_t verdict = kobject_verdict_locked(object, item->waiter.mask);
    if (waits && verdict == j6_status_would_block) {
        item->waiter.wake_locked = wake_locked;
        item->many = many;
        kobject_await_locked(object, &item->waiter);
    } else {
        forget_locked(item);
    }
    spinlock_unlock(&object->lock);
    return verdict;
}

static j6_status_t look_at_all(struct wait_many *many, bool waits)
{
    j6_status_t found = j6_status_would_block;
    for (uint32_t i = 0; i < many->count; i++) {
        j6_status_t verdict =
            look_at(many, &many->item[i], waits && found == j6_status_would_block);
        if (found == j6_status_would_block || verdict == j6_status_ok) {
            found = verdict;
        }
    }
    return found;
}

j6_status_t wait_many(struct wait_many *many, j6_time_t deadline)
{
    struct thread *thread = many->thread;
    bool waits = !deadline_is_over(deadline);
    j6_status_t status = look_at_all(many, waits);
    spinlock_lock(&thread->wait_lock);
    if (status == j6_status_would_block) {
        status = many->status; /* of what has come since it was looked at */
    }
    if (status == j6_status_would_block && waits) {
        thread->many = many;
        thread->resume = resume;
        wait_begin_locked(thread, &thread->wait_lock, &many_wait, 0, deadline);
        spinlock_unlock(&thread->wait_lock);
        kernel_leave();
    }
    many->status = j6_status_cancelled; /* it is over: nothing wakes the thread by it */
    spinlock_unlock(&thread->wait_lock);
    if (status == j6_status_would_block && deadline != j6_deadline_poll) {
        status = j6_status_timed_out;
    }
    return finish(many, status);
}
