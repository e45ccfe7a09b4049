/* SPDX-License-Identifier: MIT */
/*
 * Who runs on this CPU, and when that changes. A thread that becomes ready while a more or equally urgent
 * one runs is offered to an idle CPU, which steals it:
 *
 *   becomes ready                            idles
 *   R1  the thread is in the ready list      I1  sets its bit in idle_cpus
 *   R2  reads idle_cpus, kicks one           I2  looks at the ready lists of all
 *
 * With a full fence between each two, either R2 sees the bit or I2 sees the thread. The same with what a
 * CPU tells about the thread that it runs, `attention`, and its inbox:
 *
 *   wakes from afar                          runs another thread
 *   S1  puts the thread into the inbox,      A1  says how urgent that one is
 *       sets CPU_PENDING_INBOX               A2  looks at what is pending
 *   S2  reads `attention`, kicks it if need be
 */
#include "kernel/sched.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/grace.h"
#include "kernel/cpu_call.h"
#include "kernel/log_reader.h"
#include "kernel/power.h"
#include "kernel/run_queue.h"
#include "kernel/step.h"
#include "kernel/thread.h"
#include <j6/flags.h>

#define GRACE_REMIND_NS 10000000ull /* how long a thread may keep a grace period from ending */
#define STARVED_LOOK_NS 50000000ull /* how often a busy CPU looks for threads that starve */

/* What others must know to wake a thread of this CPU. */
enum attention {
    ATTENTION_LEVEL = 0xf,   /* the level of the thread that runs; PRIORITIES: it idles */
    ATTENTION_ALONE = 1 << 4 /* its turn has no end: it won't look at the inbox by itself */
};

struct sched {
    struct run_queue queue;
    /* Only the owning CPU */
    struct list blocked;
    j6_time_t turn_end;     /* never: nobody else is ready */
    j6_time_t starved_look; /* when to look next for threads that starve */
    bool turn_over;         /* the running thread lets equals go first */
    bool in_grace_pass;
    /* Written by the owning CPU, read by others */
    struct thread *_Atomic current;
    _Atomic uint32_t attention; /* enum attention */
    _Atomic uint32_t charges;   /* counts them twice: odd while one is under way … */
    _Atomic j6_time_t since;    /* … up to when time is charged to the running thread */
};

static PER_CPU(struct sched, sched);
static PER_CPU(struct timer, grace_reminder);
static _Atomic uint64_t idle_cpus;

static inline struct thread *running(const struct sched *mine)
{
    return atomic_load_explicit(&mine->current, memory_order_relaxed);
}

static struct sched *sched_of(uint32_t index)
{
    return cpu_of(cpu_block(index), sched);
}

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

/* ---- time ---- */

/* What has passed since the last time belongs to the running thread. */
static void charge_time(struct sched *mine, j6_time_t now)
{
    struct thread *thread = running(mine);
    uint64_t passed = now - mine->since;
    uint32_t charges = atomic_load_explicit(&mine->charges, memory_order_relaxed);
    atomic_store_explicit(&mine->charges, charges + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* partner of the acquires in sched_cpu_time */
    atomic_store_explicit(&mine->since, now, memory_order_relaxed);
    if (thread != NULL) {
        uint64_t run_time = atomic_load_explicit(&thread->run_time, memory_order_relaxed);
        thread->turn_left -= (int64_t)passed;
        atomic_store_explicit(&thread->run_time, run_time + passed, memory_order_relaxed);
    }
    atomic_store_explicit(&mine->charges, charges + 2, memory_order_release);
}

/* What was charged, and what its CPU has not charged yet; false: that has changed meanwhile. */
static bool read_cpu_time(const struct thread *thread, uint64_t *out_time)
{
    const struct sched *home = sched_of(atomic_load(&thread->home));
    uint32_t charges = atomic_load_explicit(&home->charges, memory_order_acquire);
    uint64_t time = atomic_load_explicit(&thread->run_time, memory_order_relaxed);
    if (running(home) == thread) {
        j6_time_t since = atomic_load_explicit(&home->since, memory_order_relaxed);
        j6_time_t now = clock_now();
        time += now > since ? now - since : 0;
    }
    *out_time = time;
    atomic_thread_fence(memory_order_acquire);
    return charges % 2 == 0 &&
           atomic_load_explicit(&home->charges, memory_order_relaxed) == charges;
}

uint64_t sched_cpu_time(const struct thread *thread)
{
    uint64_t time;
    while (!read_cpu_time(thread, &time)) {
        arch_pause();
    }
    return time;
}

static void attention_set(struct sched *mine, uint32_t attention)
{
    if (atomic_load_explicit(&mine->attention, memory_order_relaxed) != attention) {
        atomic_store(&mine->attention, attention); /* A1 */
    }
}

/* A turn has an end only while somebody else is ready. */
static void turn_set_end(struct sched *mine)
{
    const struct thread *thread = running(mine);
    if (run_queue_mask(&mine->queue) == 0) {
        mine->turn_end = j6_deadline_never;
        attention_set(mine, thread->level | ATTENTION_ALONE);
        return;
    }
    if (mine->turn_end == j6_deadline_never) {
        mine->turn_end = mine->since + (thread->turn_left > 0 ? (uint64_t)thread->turn_left : 0);
        timers_turn_ends(mine->turn_end);
    }
    attention_set(mine, thread->level);
}

/* ---- becoming ready ---- */

/* Tells the nearest idle CPU that may run it, if there is one, to come and steal. */
static void offer(const struct thread *thread)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    if (others == 0) {
        return;
    }
    atomic_thread_fence(memory_order_seq_cst); /* between R1 and R2 */
    uint64_t idle = atomic_load(&idle_cpus) & thread->affinity & others;
    for (uint32_t distance = 1; idle != 0 && distance < CPU_MAX; distance++) {
        uint64_t bit = cpu_bit(cpu_index() ^ distance);
        if ((idle & bit) && (atomic_fetch_and(&idle_cpus, ~bit) & bit)) {
            cpu_kick(cpu_index() ^ distance);
            return;
        }
    }
}

/* Hands a thread that the caller owns to another CPU. */
static void send(struct thread *thread, uint32_t home)
{
    struct sched *there = sched_of(home);
    uint32_t level = thread->level;        /* it may run before this function ends */
    run_queue_send(&there->queue, thread); /* S1 */
    cpu_pend_on(home, CPU_PENDING_INBOX);
    uint32_t attention = atomic_load(&there->attention); /* S2 */
    bool urgent = (attention & ATTENTION_ALONE) || level < (attention & ATTENTION_LEVEL);
    if (urgent && home != cpu_index()) {
        cpu_kick(home);
    }
}

static bool may_run_here(const struct thread *thread)
{
    return atomic_load_explicit(&thread->affinity, memory_order_relaxed) & cpu_bit(cpu_index());
}

/* Where the thread may run: at home, or on a CPU that idles, or on any. */
static uint32_t place_for(const struct thread *thread)
{
    uint64_t allowed = thread->affinity & cpus_online();
    uint64_t home = allowed & cpu_bit(atomic_load_explicit(&thread->home, memory_order_relaxed));
    uint64_t idle = allowed & atomic_load(&idle_cpus);
    return cpu_mask_pop(home != 0 ? &home : idle != 0 ? &idle : &allowed);
}

/* Sends a thread that is in no list to where it may run. */
static void move(struct thread *thread)
{
    uint32_t home = place_for(thread);
    atomic_store(&thread->home, home);
    send(thread, home);
}

/* A thread that is in no list, and may run here, becomes ready. */
static void make_ready(struct sched *mine, struct thread *thread, j6_time_t now)
{
    const struct thread *current = running(mine);
    bool others = current != NULL || run_queue_mask(&mine->queue) != 0;
    run_queue_push(&mine->queue, thread, false, now);
    if (current != NULL && thread->level < current->level) {
        cpu_pend(CPU_PENDING_SCHEDULE); /* who runs now is offered then */
        return;
    }
    if (current != NULL) {
        turn_set_end(mine);
    }
    if (others) {
        offer(thread);
    }
}

static void wake_here(struct sched *mine, struct thread *thread)
{
    if (thread == running(mine)) { /* it is still leaving */
        list_remove(&thread->run_node);
        thread->state = THREAD_RUNNING;
        return;
    }
    j6_time_t now = clock_now();
    if (list_is_linked(&thread->run_node)) { /* else it was moved here */
        assert(thread->state == THREAD_BLOCKED);
        list_remove(&thread->run_node);
        turn_waited(thread, now - thread->since);
        level_update(thread);
    }
    if (may_run_here(thread)) {
        make_ready(mine, thread, now);
    } else {
        move(thread);
    }
}

static void inbox_empty(struct sched *mine)
{
    if (!(this_cpu(cpu)->pending & CPU_PENDING_INBOX)) {
        return;
    }
    cpu_unpend(CPU_PENDING_INBOX); /* before it is emptied: who comes later pends again */
    struct thread *thread = run_queue_receive(&mine->queue);
    while (thread != NULL) {
        struct thread *next = thread->inbox_next;
        wake_here(mine, thread);
        thread = next;
    }
}

void sched_wake(struct thread *thread)
{
    if (KERNEL_DEBUG) {
        assert(thread->state == THREAD_BLOCKED && list_is_linked(&thread->run_node) &&
               atomic_load(&thread->wait.lock) == NULL);
    }
    uint32_t home = atomic_load_explicit(&thread->home, memory_order_relaxed);
    if (home == cpu_index()) {
        wake_here(this_cpu(sched), thread);
    } else {
        send(thread, home);
    }
}

static void block(struct sched *mine, struct thread *thread)
{
    thread->state = THREAD_BLOCKED;
    list_push_back(&mine->blocked, &thread->run_node);
}

void sched_add(struct thread *thread)
{
    atomic_store(&thread->home, cpu_index());
    block(this_cpu(sched), thread);
}

void sched_mark_blocked(struct thread *thread)
{
    assert(thread->state == THREAD_RUNNING && thread == sched_current());
    block(this_cpu(sched), thread);
}

/* ---- making way ---- */

void sched_yield(void)
{
    this_cpu(sched)->turn_over = true;
    cpu_pend(CPU_PENDING_SCHEDULE);
}

/* Without the lock: who is stolen at this moment is found missing later. */
bool sched_is_turn_over(const struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    inbox_empty(mine);
    return (this_cpu(cpu)->pending & CPU_PENDING_SCHEDULE) &&
           run_queue_top(&mine->queue) <= thread->level;
}

/* K2 of kernel/wait.h for a thread that doesn't wait; switch_to has the other side. */
void sched_interrupt(struct thread *thread)
{
    uint32_t home = atomic_load(&thread->home);
    if (home == cpu_index()) {
        cpu_pend(CPU_PENDING_END);
    } else if (atomic_load(&sched_of(home)->current) == thread) {
        cpu_pend_on(home, CPU_PENDING_END);
        cpu_kick(home);
    }
}

void sched_exit(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    assert(running(mine) == thread);
    charge_time(mine, clock_now());
    thread->state = THREAD_EXITED;
    atomic_store_explicit(&mine->current, NULL, memory_order_relaxed);
    this_cpu(cpu)->tcb = NULL;
}

/*
 * Something that the scheduler goes by has changed. If the thread is ready, its home CPU gets it once more,
 * or another one does; else that finds the change when it wakes the thread, or looks at the one it runs.
 */
static void look_again(struct thread *thread)
{
    uint32_t home;
    do {
        home = atomic_load(&thread->home);
        if (run_queue_take(&sched_of(home)->queue, thread, home)) {
            level_update(thread);
            move(thread);
            return;
        }
        cpu_pend_on(home, CPU_PENDING_SCHEDULE);
        if (home != cpu_index()) {
            cpu_kick(home);
        }
    } while (home != atomic_load(&thread->home)); /* stolen meanwhile */
}

void sched_set_priority(struct thread *thread, uint32_t priority, bool constant)
{
    atomic_store(&thread->constant, constant);
    atomic_store(&thread->priority, priority);
    look_again(thread);
}

void sched_set_affinity(struct thread *thread, uint64_t cpus)
{
    atomic_store(&thread->affinity, cpus);
    look_again(thread);
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
    attention_set(mine, PRIORITIES);
    do {
        pass_grace(mine); /* may wake threads, as interrupts do */
        cpu_calls_run();
        log_readers_wake();
        power_when_idle();
        atomic_fetch_or(&idle_cpus, bit); /* I1 */
        inbox_empty(mine);
        next = find_work(mine); /* I2 */
        if (next == NULL) {
            sleep_until_interrupt();
        }
        atomic_fetch_and(&idle_cpus, ~bit); /* unless who kicked us did */
    } while (next == NULL);
    charge_time(mine, clock_now());
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
        offer(prev);
    } else if (ready) {
        move(prev);
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
    charge_time(mine, now);
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
    inbox_empty(mine);
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
    turn_set_end(mine);
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
