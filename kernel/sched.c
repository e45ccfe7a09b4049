/* SPDX-License-Identifier: MIT */
/* Who runs on this CPU, and when that changes. */
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/grace.h"
#include "kernel/cpu_call.h"
#include "kernel/log_reader.h"
#include "kernel/power.h"
#include "kernel/sched_cpu.h"
#include "kernel/step.h"
#include "kernel/thread.h"
#include <j6/flags.h>

#define GRACE_REMIND_NS 10000000ull /* how long a thread may keep a grace period from ending */
#define STARVED_LOOK_NS 50000000ull /* how often a busy CPU looks for threads that starve */

PER_CPU(struct sched, sched);
_Atomic uint64_t sched_idle_cpus;

static PER_CPU(struct timer, grace_reminder);

void sched_init(void)
{
    struct sched *mine = this_cpu(sched);
    run_queue_init(&mine->queue);
    list_init(&mine->blocked);
    mine->turn_end = j6_deadline_never;
    mine->attention = PRIORITIES;
}

struct thread *sched_current(void)
{
    return running(this_cpu(sched));
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
    const struct thread *thread = running(mine);
    if (run_queue_mask(&mine->queue) == 0) {
        mine->turn_end = j6_deadline_never;
        sched_set_attention(mine, thread->level | ATTENTION_ALONE);
        return;
    }
    if (mine->turn_end == j6_deadline_never) {
        mine->turn_end = mine->since + (thread->turn_left > 0 ? (uint64_t)thread->turn_left : 0);
        timers_turn_ends(mine->turn_end);
    }
    sched_set_attention(mine, thread->level);
}

void sched_yield(void)
{
    this_cpu(sched)->turn_over = true;
    cpu_pend(CPU_PENDING_SCHEDULE);
}

/* Without the lock: who is stolen at this moment is found missing later. */
bool sched_is_turn_over(const struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    sched_empty_inbox(mine);
    return (this_cpu(cpu)->pending & CPU_PENDING_SCHEDULE) &&
           run_queue_top(&mine->queue) <= thread->level;
}

void sched_exit(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    assert(running(mine) == thread);
    sched_charge_time(mine, clock_now());
    thread->state = THREAD_EXITED;
    atomic_store_explicit(&mine->current, NULL, memory_order_relaxed);
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

/* From the nearest CPU that has threads to spare: CPUs that share caches have near numbers. */
static struct thread *steal(void)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    struct thread *thread = NULL;
    for (uint32_t distance = 1; distance < CPU_MAX && thread == NULL; distance++) {
        uint32_t victim = cpu_index() ^ distance;
        if (others & cpu_bit(victim)) {
            thread = run_queue_steal(&sched_of(victim)->queue, cpu_index());
        }
    }
    return thread;
}

static struct thread *find_work(struct sched *mine)
{
    struct thread *thread = run_queue_pop(&mine->queue, PRIORITIES);
    return thread != NULL ? thread : steal();
}

static void sleep_until_interrupt(void)
{
    grace_idle_begin();
    if (this_cpu(cpu)->pending == 0) {
        cpu_count_idle_begin();
        arch_idle();
        cpu_count_idle_end();
    }
    grace_idle_end();
}

/* Waits until a thread is ready. The stack below is this CPU's own, so it may stay here for ever. */
static struct thread *idle(struct sched *mine)
{
    uint64_t bit = cpu_bit(cpu_index());
    struct thread *next;
    sched_set_attention(mine, PRIORITIES);
    do {
        pass_grace(mine); /* may wake threads, as interrupts do */
        cpu_calls_run();
        log_readers_wake();
        power_when_idle();
        atomic_fetch_or(&sched_idle_cpus, bit); /* I1 */
        sched_empty_inbox(mine);
        next = find_work(mine); /* I2 */
        if (next == NULL) {
            sleep_until_interrupt();
        }
        atomic_fetch_and(&sched_idle_cpus, ~bit); /* unless who kicked us did */
    } while (next == NULL);
    sched_charge_time(mine, clock_now());
    return next;
}

/*
 * The running thread loses the CPU. Nothing of it may be left here, not even its space, when it becomes
 * ready: it may run elsewhere at once.
 */
static void put_down(struct sched *mine, struct thread *prev, bool first, struct thread *next)
{
    bool ready = prev->state == THREAD_RUNNING;
    tcb_save(&prev->tcb);
    page_table_load(next != NULL ? next->tcb.page_table : &kernel_page_table);
    atomic_store_explicit(&mine->current, NULL, memory_order_relaxed);
    prev->since = mine->since;
    if (ready && may_run_here(prev)) {
        run_queue_push(&mine->queue, prev, first, mine->since);
        sched_offer(prev);
    } else if (ready) {
        sched_move(prev);
    }
}

static void take_up(struct sched *mine, struct thread *next)
{
    if (KERNEL_DEBUG) {
        assert(next->state == THREAD_READY && !list_is_linked(&next->run_node) &&
               atomic_load(&next->home) == cpu_index());
    }
    cpu_count(switches);
    next->state = THREAD_RUNNING;
    level_update(next);
    atomic_store(&mine->current, next); /* before `killed` is looked at: sched_interrupt */
    tcb_load(&next->tcb);
}

static bool is_running(const struct thread *thread)
{
    return thread != NULL && thread->state == THREAD_RUNNING;
}

/* Gives the CPU to whoever should have it now; the running thread, if it isn't blocked, maybe keeps it. */
static void schedule(struct sched *mine)
{
    struct thread *prev = running(mine);
    bool keeps = is_running(prev) && may_run_here(prev);
    bool first = false; /* of its equals, when it is ready again: its turn isn't over */
    if (is_running(prev)) {
        level_update(prev);
        first = prev->turn_left > 0 && !mine->turn_over;
        if (prev->turn_left <= 0) {
            turn_used_up(prev);
        }
    }
    mine->turn_over = false;
    mine->turn_end = j6_deadline_never;
    uint32_t limit = keeps ? prev->level + !first : PRIORITIES;
    struct thread *next = run_queue_pop(&mine->queue, limit);
    if (next == NULL && keeps) {
        return;
    }
    if (prev != NULL) {
        put_down(mine, prev, first, next);
    }
    take_up(mine, next != NULL ? next : idle(mine));
}

/* ---- leaving the kernel ---- */

/* Who is in the middle of an operation, or has results to fetch, finishes that first. */
static bool must_end(const struct thread *thread)
{
    return is_running(thread) && atomic_load_explicit(&thread->killed, memory_order_acquire) &&
           !step_is_inside(thread) && thread->resume == NULL;
}

static void schedule_now(struct sched *mine)
{
    j6_time_t now = clock_now();
    cpu_unpend(CPU_PENDING_SCHEDULE);
    sched_charge_time(mine, now);
    if (run_queue_mask(&mine->queue) != 0 && now >= mine->starved_look) {
        mine->starved_look = now + STARVED_LOOK_NS;
        run_queue_promote(&mine->queue, now);
    }
    schedule(mine);
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
    if (this_cpu(cpu)->pending & ~CPU_PENDING_SCHEDULE) {
        serve_others(mine);
    }
    struct thread *thread = running(mine);
    if (must_end(thread)) {
        thread_finish(thread);
    } else if (!is_running(thread) || (this_cpu(cpu)->pending & CPU_PENDING_SCHEDULE)) {
        schedule_now(mine);
    }
}

/* Nothing is pending, and others know what they must about the thread that goes on. */
static bool is_settled(void)
{
    struct sched *mine = this_cpu(sched);
    const struct thread *thread = running(mine);
    if (!is_running(thread) || must_end(thread)) {
        return false;
    }
    sched_set_turn_end(mine);
    return this_cpu(cpu)->pending == 0; /* A2 */
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
    do {
        settle_one();
    } while (!is_settled());
    struct thread *thread = sched_current();
    if (step_is_inside(thread)) {
        step_resume(thread);
    }
    if (thread->resume != NULL) {
        arch_call_on_stack(this_cpu(cpu)->kernel_stack, resume_current);
    }
    return thread;
}

static bool may_go_on(const struct thread *thread)
{
    return is_running(thread) && this_cpu(cpu)->pending == 0 && thread->resume == NULL &&
           !atomic_load_explicit(&thread->killed, memory_order_acquire);
}

_Noreturn void kernel_leave(void)
{
    spinlock_check_none_held();
    if (this_cpu(cpu)->pending & CPU_PENDING_GRACE) {
        pass_grace(this_cpu(sched)); /* often that is all */
    }
    struct thread *thread = sched_current();
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
