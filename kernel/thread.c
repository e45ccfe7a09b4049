/* SPDX-License-Identifier: MIT */
/* Lives and deaths of threads. */
#include "kernel/thread.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "kernel/handle_slots.h"
#include "kernel/process.h"
#include "kernel/run_queue.h"
#include "kernel/thread_slot.h"
#include "mm/kalloc.h"
#include "mm/slab.h"

enum { KILL_STEP = 64 }; /* threads that are killed with interrupts off */

SLAB_CACHE(thread_cache, "thread", struct thread);

_Static_assert(offsetof(struct thread, tcb) % 8 == 0, "thread_of_tcb needs no pointer");

/* The process is kept as long: who has a handle may still ask how the thread ended. */
static void thread_destroy(struct kobject *object)
{
    struct process *process = thread_of(object)->process;
    if (process != NULL) {
        kobject_put(&process->object);
    }
}

static void thread_free(struct kobject *object)
{
    struct thread *thread = thread_of(object);
    account_uncharge(object->account, ACCOUNT_MEMORY, kalloc_cost(fpu_area_size()));
    kfree(thread->tcb.fpu_area);
    slab_free(&thread_cache, thread);
}

static const struct kobject_type thread_type = {
    .name = "thread",
    .number = j6_type_thread,
    .rank = RANK_OBJECT,
    .size = SLAB_COST(sizeof(struct thread)),
    .destroy = thread_destroy,
    .free = thread_free,
};

bool thread_may_start_at(uint64_t entry, uint64_t stack)
{
    return entry >= USER_START && entry < USER_END && stack >= USER_START && stack <= USER_END;
}

/* Memory for the thread and its FPU state, zeroed. */
static struct thread *thread_alloc(void)
{
    struct thread *thread = slab_alloc_zeroed(&thread_cache);
    if (thread == NULL) {
        return NULL;
    }
    thread->tcb.fpu_area = kalloc(fpu_area_size());
    if (thread->tcb.fpu_area == NULL) {
        slab_free(&thread_cache, thread);
        return NULL;
    }
    return thread;
}

static void thread_unalloc(struct thread *thread)
{
    kfree(thread->tcb.fpu_area);
    slab_free(&thread_cache, thread);
}

static j6_status_t thread_alloc_charged(struct account *account, struct thread **out_thread)
{
    j6_status_t status = account_charge(account, ACCOUNT_THREADS, 1);
    if (status != j6_status_ok) {
        return status;
    }
    status = account_charge(account, ACCOUNT_MEMORY, kalloc_cost(fpu_area_size()));
    if (status != j6_status_ok) {
        goto undo_thread;
    }
    struct thread *thread = thread_alloc();
    status =
        thread != NULL ? kobject_init(&thread->object, &thread_type, account) : j6_err_no_memory;
    if (status == j6_status_ok) {
        *out_thread = thread;
        return status;
    }
    if (thread != NULL) {
        thread_unalloc(thread);
    }
    account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(fpu_area_size()));
undo_thread:
    account_uncharge(account, ACCOUNT_THREADS, 1);
    return status;
}

static void run_state_init(struct thread *thread)
{
    uint32_t urgent = thread->process->account->priority;
    thread->priority = urgent > PRIORITY_DEFAULT ? urgent : PRIORITY_DEFAULT;
    thread->own_level = thread->priority;
    thread->level = thread->own_level;
    boost_init(&thread->boost);
    thread->ipc.send_handle.entry = &handle_no_entry;
    thread->ipc.receive_handle.entry = &handle_no_entry;
    thread->last_priority = thread->priority;
    thread->turn_left = (int64_t)turn_length(thread->level);
    const struct thread *creator = sched_current();
    atomic_init(&thread->affinity, creator != NULL ? atomic_load(&creator->affinity) : ~0ull);
    spinlock_init(&thread->wait_lock, RANK_WAIT);
}

j6_status_t thread_create(struct process *process, uint64_t entry, uint64_t stack, uint64_t arg,
                          struct thread **out_thread)
{
    if (!thread_may_start_at(entry, stack)) {
        return j6_err_invalid_arg;
    }
    if (!kobject_try_get(&process->object)) {
        return j6_err_bad_handle; /* closed since the caller found it */
    }
    struct thread *thread;
    j6_status_t status = thread_alloc_charged(process->account, &thread);
    if (status != j6_status_ok) {
        kobject_put(&process->object);
        return status;
    }
    thread->process = process; /* with the reference */
    status = thread_slot_take(thread);
    if (status != j6_status_ok) {
        account_uncharge(process->account, ACCOUNT_THREADS, 1);
        kobject_put(&thread->object);
        return status;
    }
    tcb_init(&thread->tcb, entry, stack, arg);
    thread->tcb.page_table = &process->space->table;
    run_state_init(thread);
    spinlock_lock(&process->lock);
    bool alive = process->state < PROCESS_ENDING;
    if (alive) {
        kobject_get(&thread->object); /* one for the caller, one until it has ended */
        koid_set_add(&process->threads, &thread->process_node, thread->object.koid);
        sched_add(thread);
    }
    spinlock_unlock(&process->lock);
    if (!alive) {
        thread_slot_give_back(thread);
        account_uncharge(process->account, ACCOUNT_THREADS, 1);
        kobject_put(&thread->object);
        return j6_err_bad_state;
    }
    *out_thread = thread;
    return j6_status_ok;
}

j6_status_t thread_start(struct thread *thread)
{
    struct process *process = thread->process;
    j6_status_t status = j6_status_ok;
    spinlock_lock(&process->lock);
    if (process->state == PROCESS_NEW) {
        status = j6_err_not_ready;
    } else if (thread->started || process->state >= PROCESS_ENDING) {
        status = j6_err_bad_state;
    } else {
        thread->started = true;
        sched_wake(thread);
    }
    spinlock_unlock(&process->lock);
    return status;
}

void thread_exit(struct thread *thread, int64_t code)
{
    struct process *process = thread->process;
    spinlock_lock(&process->lock);
    if (thread->end.reason == j6_reason_running) {
        thread->end = (struct j6_end_info){.reason = j6_reason_exited, .code = code};
    }
    spinlock_unlock(&process->lock);
    atomic_store(&thread->killed, true);
    sched_interrupt(thread);
}

static void kill_locked(struct thread *thread, int64_t code)
{
    if (thread->end.reason == j6_reason_running) {
        thread->end = (struct j6_end_info){.reason = j6_reason_killed, .code = code};
    }
    atomic_store(&thread->killed, true); /* K1 of kernel/wait.h */
    if (!thread->started) {
        thread->started = true;
        sched_wake(thread);
    } else if (!wait_cancel(thread, j6_status_cancelled)) {
        sched_interrupt(thread);
    }
}

void thread_kill(struct thread *thread, int64_t code)
{
    spinlock_lock(&thread->process->lock);
    kill_locked(thread, code);
    spinlock_unlock(&thread->process->lock);
}

/* From that koid on; returns the one to go on from, 0 after the last. */
static j6_koid_t kill_some(struct process *process, j6_koid_t koid)
{
    spinlock_lock(&process->lock);
    struct koid_node *node = koid_set_from(&process->threads, koid);
    for (unsigned n = 0; node != NULL && n < KILL_STEP; n++, node = koid_set_next(node)) {
        kill_locked(container_of(node, struct thread, process_node), 0);
    }
    j6_koid_t next =
        node != NULL ? container_of(node, struct thread, process_node)->object.koid : 0;
    spinlock_unlock(&process->lock);
    return next;
}

void thread_kill_all(struct process *process)
{
    j6_koid_t koid = 0;
    while ((koid = kill_some(process, koid)) != 0) {
        arch_let_interrupts_in();
    }
}

void thread_end_info(struct thread *thread, struct j6_end_info *out_end)
{
    spinlock_lock(&thread->process->lock);
    bool ended = kobject_signals(&thread->object) & j6_signal_closed;
    *out_end = ended ? thread->end : (struct j6_end_info){0};
    spinlock_unlock(&thread->process->lock);
}

/* True if it was the last one and the process ends with it. */
static bool process_leave(struct thread *thread)
{
    struct process *process = thread->process;
    spinlock_lock(&process->lock);
    thread_stop_end_locked(thread);
    koid_set_remove(&process->threads, &thread->process_node);
    bool last = process->threads.count == 0;
    if (process->state >= PROCESS_ENDING) {
        thread->end = process->end;
    }
    if (last && process->state == PROCESS_RUNNING) {
        process->state = PROCESS_ENDING;
        process->end = thread->end;
    }
    bool ends = last && process->state == PROCESS_ENDING;
    spinlock_unlock(&process->lock);
    return ends;
}

void thread_finish(struct thread *thread)
{
    struct process *process = thread->process;
    bool all_gone = false;
    thread->tcb.page_table = &kernel_page_table;
    page_table_load(&kernel_page_table); /* its own may go as soon as it has left the process */
    if (process_leave(thread)) {
        all_gone = process_teardown(process);
    }
    if (boost_holds_calls(&thread->boost)) {
        thread_callers_forget(thread);
    }
    sched_exit(thread);
    thread_slot_give_back(thread);
    account_uncharge(process->account, ACCOUNT_THREADS, 1);
    kobject_signal(&thread->object, 0, j6_signal_closed);
    if (all_gone) {
        process_finish(process);
    }
    kobject_put(&thread->object);
}
