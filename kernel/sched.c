/* SPDX-License-Identifier: MIT */
/* Who runs on this CPU, and when that changes. */
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/grace.h"
#include "kernel/cpu_call.h"
#include "kernel/log_reader.h"
#include "kernel/sched_cpu.h"
#include "kernel/sched_switch.h"
#include "kernel/step.h"
#include "kernel/thread.h"
#include <j6/flags.h>

#define GRACE_REMIND_NS 10000000ull /* how long a thread may keep a grace period from ending */
#define STARVED_LOOK_NS 50000000ull /* how often a busy CPU looks for threads that starve */

PER_CPU(struct sched, sched);
static PER_CPU(struct timer, grace_reminder);

void sched_init(void)
{
    struct sched *mine = this_cpu(sched);
    run_queue_init(&mine->queue, cpu_bit(cpu_index()));
    list_init(&mine->blocked);
    mine->turn_end = j6_deadline_never;
    mine->attention = PRIORITIES;
}

struct thread *sched_current(void)
{
    return this_cpu_read(sched.current);
}

struct thread *sched_worker(void)
{
    const struct sched *mine = this_cpu(sched);
    return mine->in_grace_pass ? NULL : running(mine);
}

j6_time_t sched_turn_end(void)
{
    return this_cpu(sched)->turn_end;
}

/* ---- turns ---- */

void sched_set_attention(struct sched *mine, uint32_t attention)
{
    if (atomic_load_explicit(&mine->attention, memory_order_relaxed) != attention) {
        atomic_store(&mine->attention, attention); /* A1 */
    }
}

void sched_set_turn_end(struct sched *mine)
{
    struct thread *thread = running(mine);
    bool alone = run_queue_mask(&mine->queue) == 0;
    sched_set_attention(mine, thread->level | (alone ? ATTENTION_ALONE : 0));
    if (alone) {
        mine->turn_end = j6_deadline_never;
    } else if (mine->turn_end == j6_deadline_never) {
        switch_begin_turn(mine, thread);
    }
}

/* Without the lock: who is stolen at this moment is found missing later. */
bool sched_is_turn_over(const struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    sched_empty_inbox(mine);
    return (this_cpu_read(cpu.pending) & CPU_PENDING_SCHEDULE) &&
           run_queue_top(&mine->queue) <= thread->level;
}

void sched_exit(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    assert(running(mine) == thread);
    switch_charge(mine, thread, clock_now());
    thread->state = THREAD_EXITED;
    sched_unlist_blocked(thread);
    switch_stop(mine, thread);
    this_cpu(cpu)->tcb = NULL;
}

/* ---- switching ---- */

/* What ends with the period runs on this stack, in the middle of whatever the thread is up to. */
static __attribute__((noinline)) void pass_grace(struct sched *mine)
{
    mine->in_grace_pass = true;
    grace_pass();
    mine->in_grace_pass = false;
}

void sched_pass_grace(void)
{
    pass_grace(this_cpu(sched));
}

/* The running thread could go on: is it the first of its equals, since its turn isn't over? */
static inline bool keeps_turn(const struct sched *mine, struct thread *thread)
{
    level_update(thread);
    struct thread *payer = turn_payer(thread);
    if (payer->turn_left <= 0) {
        turn_used_up(payer);
        return false;
    }
    return !mine->turn_over;
}

/* The running thread is blocked, or has ended: whoever is ready, or NULL, gets the CPU. */
static struct thread *replace(struct sched *mine, struct thread *prev)
{
    spinlock_lock(&mine->queue.lock);
    struct thread *next = run_queue_pop_locked(&mine->queue, PRIORITIES);
    spinlock_unlock(&mine->queue.lock);
    switch_from(mine, prev, next);
    return next;
}

/*
 * The running thread could go on: it, or who should have the CPU instead. What its affinity says counts
 * from when it is in the list, so both happen under the lock.
 */
static struct thread *preempt(struct sched *mine, struct thread *prev)
{
    struct run_queue *queue = &mine->queue;
    bool first = keeps_turn(mine, prev);
    spinlock_lock(&queue->lock);
    bool stays = run_queue_may_run(queue, prev);
    struct thread *next = run_queue_pop_locked(queue, stays ? prev->level + !first : PRIORITIES);
    if (next == NULL && stays) {
        spinlock_unlock(&queue->lock);
        return prev;
    }
    switch_from(mine, prev, next);
    if (stays) {
        run_queue_push_locked(queue, prev, first);
    }
    spinlock_unlock(&queue->lock);
    if (stays) {
        sched_offer(mine, prev);
    } else {
        sched_move(prev);
    }
    return next;
}

/* Gives the CPU to whoever should have it now; the running thread, if it isn't blocked, maybe keeps it. */
static inline void schedule(struct sched *mine, struct thread *prev)
{
    /* NULL: nobody is ready. */
    struct thread *next = is_running(prev) ? preempt(mine, prev) : replace(mine, prev);
    mine->turn_over = false;
    mine->turn_end = j6_deadline_never;
    if (next == NULL) {
        next = sched_idle(mine);
        page_table_load(next->tcb.page_table);
    }
    if (next != running(mine)) { /* may be `prev` again, after it was put down */
        level_update(next);
        switch_to(mine, next);
    }
}

/* ---- leaving the kernel ---- */

/* Who is in the middle of an operation, or has results to fetch, finishes that first. */
static inline bool must_end(const struct thread *thread)
{
    return atomic_load_explicit(&thread->killed, memory_order_acquire) && !step_is_inside(thread) &&
           thread->resume == NULL;
}

static inline void schedule_now(struct sched *mine, struct thread *thread)
{
    j6_time_t now = clock_now();
    switch_charge(mine, thread, now);
    if (now >= mine->starved_look && run_queue_mask(&mine->queue) != 0) {
        mine->starved_look = now + STARVED_LOOK_NS;
        run_queue_promote(&mine->queue, now);
    }
    schedule(mine, thread);
}

/* What others want of this CPU. */
static __attribute__((noinline)) void serve_others(struct sched *mine)
{
    pass_grace(mine);
    cpu_calls_run();
    sched_empty_inbox(mine);
    log_readers_wake();
    cpu_unpend(CPU_PENDING_END); /* the thread itself knows */
}

/* One thing that is pending; the end of a thread may be preempted, and go on elsewhere. */
static inline void settle_one(void)
{
    struct sched *mine = this_cpu(sched);
    if (this_cpu_read(cpu.pending) & ~CPU_PENDING_SCHEDULE) {
        serve_others(mine);
    }
    struct thread *thread = running(mine);
    if (is_running(thread) && must_end(thread)) {
        thread_finish(thread);
        return;
    }
    if (this_cpu_read(cpu.pending) & CPU_PENDING_SCHEDULE) {
        cpu_unpend(CPU_PENDING_SCHEDULE);
        schedule_now(mine, thread);
    } else if (!is_running(thread)) {
        schedule_now(mine, thread);
    }
}

/* Nothing is pending, and others know what they must about the thread that goes on. */
static inline bool is_settled(struct sched *mine, const struct thread *thread)
{
    if (!is_running(thread) || must_end(thread)) {
        return false;
    }
    sched_set_turn_end(mine);
    return this_cpu_read(cpu.pending) == 0; /* A2 */
}

/* On an empty stack: what the thread fetches may make it wait again. */
static void resume_current(void)
{
    struct thread *thread = sched_current();
    void (*resume)(struct thread * thread) = thread->resume;
    thread->resume = NULL;
    resume(thread);
    kernel_leave();
}

/* Does what is pending until a thread can go on; that one, unless it goes on in the kernel. */
static __attribute__((noinline)) struct thread *settle(void)
{
    struct thread *thread;
    do {
        settle_one();
        thread = sched_current();
    } while (!is_settled(this_cpu(sched), thread));
    if (step_is_inside(thread)) {
        step_resume(thread);
    }
    if (thread->resume != NULL) {
        arch_call_on_stack(this_cpu(cpu)->kernel_stack, resume_current);
    }
    return thread;
}

/* Straight to user mode. */
static inline bool may_go_on(const struct thread *thread)
{
    return is_running(thread) && this_cpu_read(cpu.pending) == 0 && !step_is_inside(thread) &&
           thread->resume == NULL && !atomic_load_explicit(&thread->killed, memory_order_acquire);
}

/*
 * May it have the CPU of a thread that waits for it? Not if somebody ready is more urgent. What has passed
 * since the last charge goes by the payer from now on: so it must be that one's already.
 */
static inline bool may_inherit(struct sched *mine, struct thread *heir, struct thread *thread)
{
    level_update(heir);
    return thread != NULL && thread->state == THREAD_BLOCKED &&
           heir->level <= run_queue_top(&mine->queue) &&
           (turn_payer(heir) == thread || heir->since == j6_deadline_never) &&
           this_cpu_read(cpu.pending) == 0 && run_queue_may_run(&mine->queue, heir);
}

/* The running thread, or the heir in its place. */
static struct thread *settle_heir(struct sched *mine, struct thread *thread)
{
    struct thread *heir = mine->heir;
    if (!may_inherit(mine, heir, thread)) {
        sched_wake_heir(mine);
        return thread;
    }
    mine->heir = NULL;
    sched_unlist_blocked(heir);
    heir->state = THREAD_READY;
    switch_from(mine, thread, heir);
    switch_to(mine, heir);
    sched_set_turn_end(mine);
    return heir;
}

_Noreturn void kernel_leave(void)
{
    spinlock_check_none_held();
    if (this_cpu_read(cpu.pending) & CPU_PENDING_GRACE) {
        pass_grace(this_cpu(sched)); /* often that is all */
    }
    struct thread *thread = this_cpu_read(sched.current);
    if (this_cpu_read(sched.heir) != NULL) {
        thread = settle_heir(this_cpu(sched), thread);
    }
    if (!may_go_on(thread)) {
        thread = settle();
    }
    tcb_enter(&thread->tcb);
}

void upcall_alarm(void)
{
    struct sched *mine = this_cpu(sched);
    grace_idle_end();
    if (running(mine) != NULL && mine->turn_end <= clock_now()) {
        mine->turn_end = j6_deadline_never;
        cpu_pend(CPU_PENDING_SCHEDULE);
    }
    timers_run();
}

static void reminder_fire(struct timer *timer, uint64_t round)
{
    (void)timer;
    (void)round;
    grace_remind();
}

void grace_remind_later(void)
{
    struct timer *timer = this_cpu(grace_reminder);
    if (!timer_is_armed(timer)) {
        timer_arm(timer, clock_now() + GRACE_REMIND_NS, reminder_fire);
    }
}
