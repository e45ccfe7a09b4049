/* SPDX-License-Identifier: MIT */
/* Round robin among the threads of the most urgent priority that is ready. */
#include "kernel/sched.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/grace.h"
#include "kernel/base/spinlock.h"
#include "kernel/cpu_call.h"
#include "kernel/log_reader.h"
#include "kernel/power.h"
#include "kernel/step.h"
#include "kernel/thread.h"
#include <j6/flags.h>

#define TURN_NS         10000000ull /* how long a thread runs while an equal is ready */
#define GRACE_REMIND_NS 10000000ull /* how long a thread may keep a grace period from ending */

struct run_queue {
    struct spinlock lock;
    /* Guarded by lock */
    struct list ready[PRIORITIES];
    uint32_t ready_mask; /* bit n: ready[n] isn't empty */
    struct list blocked;
    /* Only the owning CPU */
    struct thread *current;
    j6_time_t turn_end;
    bool in_grace_pass;
};

static PER_CPU(struct run_queue, run_queue);
static PER_CPU(struct timer, grace_reminder);

void sched_init(void)
{
    struct run_queue *queue = this_cpu(run_queue);
    spinlock_init(&queue->lock, RANK_RUN_QUEUE);
    for (unsigned i = 0; i < PRIORITIES; i++) {
        list_init(&queue->ready[i]);
    }
    list_init(&queue->blocked);
    queue->turn_end = j6_deadline_never;
}

struct thread *sched_current(void)
{
    return this_cpu(run_queue)->current;
}

struct thread *sched_worker(void)
{
    const struct run_queue *queue = this_cpu(run_queue);
    return queue->in_grace_pass ? NULL : queue->current;
}

/* Without the lock: who comes or goes at this moment is found the next time. */
bool sched_is_turn_over(const struct thread *thread)
{
    uint32_t ready = this_cpu(run_queue)->ready_mask;
    return (this_cpu(cpu)->pending & CPU_PENDING_SCHEDULE) && ready != 0 &&
           (unsigned)__builtin_ctz(ready) <= thread->priority;
}

j6_time_t sched_turn_end(void)
{
    return this_cpu(run_queue)->turn_end;
}

static void ready_push_locked(struct run_queue *queue, struct thread *thread)
{
    thread->state = THREAD_READY;
    list_push_back(&queue->ready[thread->priority], &thread->run_node);
    queue->ready_mask |= 1u << thread->priority;
}

static struct thread *ready_pop_locked(struct run_queue *queue)
{
    if (queue->ready_mask == 0) {
        return NULL;
    }
    unsigned priority = (unsigned)__builtin_ctz(queue->ready_mask);
    struct list *list = &queue->ready[priority];
    struct thread *thread = container_of(list_pop_front(list), struct thread, run_node);
    if (list_is_empty(list)) {
        queue->ready_mask &= ~(1u << priority);
    }
    return thread;
}

void sched_add(struct thread *thread)
{
    struct run_queue *queue = this_cpu(run_queue);
    spinlock_lock(&queue->lock);
    thread->state = THREAD_BLOCKED;
    list_push_back(&queue->blocked, &thread->run_node);
    spinlock_unlock(&queue->lock);
}

void sched_mark_blocked(struct thread *thread)
{
    assert(thread->state == THREAD_RUNNING);
    sched_add(thread);
}

/* A turn has an end only while somebody else waits for it. */
static bool turn_start(struct run_queue *queue)
{
    if (queue->current == NULL || queue->turn_end != j6_deadline_never) {
        return false;
    }
    queue->turn_end = clock_now() + TURN_NS;
    return true;
}

void sched_wake(struct thread *thread)
{
    struct run_queue *queue = this_cpu(run_queue);
    spinlock_lock(&queue->lock);
    bool blocked = thread->state == THREAD_BLOCKED;
    if (blocked) {
        list_remove(&thread->run_node);
        ready_push_locked(queue, thread);
    }
    spinlock_unlock(&queue->lock);
    const struct thread *current = queue->current;
    if (blocked && current != NULL && thread->priority < current->priority) {
        cpu_pend(CPU_PENDING_SCHEDULE);
    }
    if (blocked && turn_start(queue)) {
        timers_turn_changed();
    }
}

void sched_yield(void)
{
    cpu_pend(CPU_PENDING_SCHEDULE);
}

void sched_exit(struct thread *thread)
{
    struct run_queue *queue = this_cpu(run_queue);
    assert(queue->current == thread);
    thread->state = THREAD_EXITED;
    queue->current = NULL;
    this_cpu(cpu)->tcb = NULL;
}

/* What ends with the period runs on this stack, in the middle of whatever the thread is up to. */
static __attribute__((noinline)) void pass_grace(void)
{
    struct run_queue *queue = this_cpu(run_queue);
    queue->in_grace_pass = true;
    grace_pass();
    queue->in_grace_pass = false;
}

/* Waits until a thread is ready. The stack below is this CPU's own, so it may stay here for ever. */
static struct thread *idle(struct run_queue *queue)
{
    page_table_load(&kernel_page_table); /* the space of who ran last may go meanwhile */
    for (;;) {
        pass_grace(); /* may wake threads, as interrupts do */
        cpu_calls_run();
        log_readers_wake();
        power_when_idle();
        spinlock_lock(&queue->lock);
        struct thread *next = ready_pop_locked(queue);
        spinlock_unlock(&queue->lock);
        if (next != NULL) {
            return next;
        }
        grace_idle_begin();
        if (this_cpu(cpu)->pending == 0) {
            cpu_count_idle_begin();
            arch_idle();
            cpu_count_idle_end();
        }
        grace_idle_end();
    }
}

static void switch_to(struct run_queue *queue, struct thread *next)
{
    cpu_count(switches);
    next->state = THREAD_RUNNING;
    queue->current = next;
    this_cpu(cpu)->tcb = &next->tcb;
    tcb_load(&next->tcb);
}

/* Gives the CPU to the next ready thread; the running one, if it isn't blocked, queues up. */
static void schedule(struct run_queue *queue)
{
    cpu_unpend(CPU_PENDING_SCHEDULE);
    queue->turn_end = j6_deadline_never;
    struct thread *prev = queue->current;
    spinlock_lock(&queue->lock);
    if (prev != NULL && prev->state == THREAD_RUNNING) {
        ready_push_locked(queue, prev);
    }
    struct thread *next = ready_pop_locked(queue);
    spinlock_unlock(&queue->lock);
    if (next == prev && prev != NULL) {
        next->state = THREAD_RUNNING;
    } else {
        if (prev != NULL) {
            tcb_save(&prev->tcb);
        }
        queue->current = NULL;
        this_cpu(cpu)->tcb = NULL;
        switch_to(queue, next != NULL ? next : idle(queue));
    }
}

static bool is_running(const struct thread *thread)
{
    return thread != NULL && thread->state == THREAD_RUNNING;
}

static bool is_killed(const struct thread *thread)
{
    return atomic_load_explicit(&thread->killed, memory_order_acquire);
}

/* Who is in the middle of an operation finishes that first. */
static bool must_end(const struct thread *thread)
{
    return is_running(thread) && is_killed(thread) && !step_is_inside(thread);
}

static inline bool may_go_on(const struct thread *thread)
{
    return is_running(thread) && this_cpu(cpu)->pending == 0 && !must_end(thread);
}

/* One thing that is pending; the end of a thread may be preempted, and go on elsewhere. */
static void settle_one(void)
{
    struct run_queue *queue = this_cpu(run_queue);
    pass_grace();
    cpu_calls_run();
    log_readers_wake();
    cpu_unpend(CPU_PENDING_END); /* the thread itself knows */
    if (must_end(queue->current)) {
        thread_finish(queue->current);
    } else if (!is_running(queue->current) || (this_cpu(cpu)->pending & CPU_PENDING_SCHEDULE)) {
        schedule(queue);
    }
}

/*
 * Does what is pending until a thread can go on in user mode; that one. Not inline: the way out that
 * has nothing to do saves no registers.
 */
static __attribute__((noinline)) struct thread *settle(void)
{
    do {
        settle_one();
    } while (!may_go_on(sched_current()));
    struct run_queue *queue = this_cpu(run_queue);
    if (queue->ready_mask != 0 && turn_start(queue)) {
        timers_turn_changed();
    }
    if (step_is_inside(queue->current)) {
        step_resume(queue->current);
    }
    return queue->current;
}

_Noreturn void kernel_leave(void)
{
    assert(!spinlock_any_held());
    if (this_cpu(cpu)->pending & CPU_PENDING_GRACE) {
        pass_grace(); /* often that is all */
    }
    struct thread *thread = sched_current();
    if (!may_go_on(thread)) {
        thread = settle();
    }
    tcb_enter(&thread->tcb);
}

void upcall_alarm(void)
{
    struct run_queue *queue = this_cpu(run_queue);
    grace_idle_end();
    if (queue->current != NULL && queue->turn_end <= clock_now()) {
        queue->turn_end = j6_deadline_never;
        cpu_pend(CPU_PENDING_SCHEDULE);
    }
    timers_run();
}

static void reminder_fire(struct timer *timer)
{
    (void)timer;
    grace_remind();
}

void grace_remind_later(void)
{
    struct timer *timer = this_cpu(grace_reminder);
    if (timer->queue == NULL) {
        timer_arm(timer, clock_now() + GRACE_REMIND_NS, reminder_fire);
    }
}
