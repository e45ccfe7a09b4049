/* SPDX-License-Identifier: MIT */
/* How threads become ready, here or on another CPU, and what interrupts or moves them. */
#include "arch/arch.h"
#include "kernel/cpu_call.h"
#include "kernel/sched_cpu.h"

void sched_offer_to_idle(const struct thread *thread)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    atomic_thread_fence(memory_order_seq_cst); /* between R1 and R2 */
    uint64_t idle = atomic_load(&sched_idle_cpus) & thread->affinity & others;
    for (uint32_t distance = 1; idle != 0 && distance < CPU_MAX; distance++) {
        uint64_t bit = cpu_bit(cpu_index() ^ distance);
        if ((idle & bit) && (atomic_fetch_and(&sched_idle_cpus, ~bit) & bit)) {
            cpu_kick(cpu_index() ^ distance);
            return;
        }
    }
}

/* Hands a thread that the caller owns to another CPU. It may run before this function ends. */
static void send(struct thread *thread, uint32_t home)
{
    struct sched *there = sched_of(home);
    uint32_t level = thread->level;
    uint64_t affinity = thread->affinity;
    bool summoned = thread->summoned_to != 0;
    run_queue_send(&there->queue, thread); /* S1 */
    cpu_pend_on(home, CPU_PENDING_INBOX);
    uint32_t attention = atomic_load(&there->attention); /* S2 */
    bool urgent = (attention & ATTENTION_ALONE) || level < (attention & ATTENTION_LEVEL);
    bool others = atomic_load(&sched_idle_cpus) & affinity;
    if ((urgent || others || summoned) && home != cpu_index()) {
        cpu_kick(home);
    }
}

/* Where the thread may run: at home, or on a CPU that idles, or on any. */
static uint32_t place_for(const struct thread *thread)
{
    uint64_t allowed = thread->affinity & cpus_online();
    uint64_t home = allowed & cpu_bit(atomic_load_explicit(&thread->home, memory_order_relaxed));
    uint64_t idle = allowed & atomic_load(&sched_idle_cpus);
    return cpu_mask_pop(home != 0 ? &home : idle != 0 ? &idle : &allowed);
}

void sched_move(struct thread *thread)
{
    uint32_t home = place_for(thread);
    atomic_store(&thread->home, home);
    send(thread, home);
}

/* False: its affinity, which may change until the thread is in the list, names other CPUs. */
static bool push(struct run_queue *queue, struct thread *thread)
{
    spinlock_lock(&queue->lock);
    bool here = run_queue_may_run(queue, thread);
    if (here) {
        run_queue_push_locked(queue, thread, false);
    }
    spinlock_unlock(&queue->lock);
    return here;
}

/* A thread that is in no list becomes ready, here or where it may run. Who is leaving is in nobody's way. */
static void make_ready(struct sched *mine, struct thread *thread, j6_time_t now)
{
    const struct thread *current = running(mine);
    bool busy = is_running(current);
    bool others = busy || run_queue_mask(&mine->queue) != 0;
    thread->since = now;
    if (!push(&mine->queue, thread)) {
        sched_move(thread);
        return;
    }
    if (busy && thread->level < current->level) {
        cpu_pend(CPU_PENDING_SCHEDULE); /* who runs now is offered then */
        return;
    }
    if (busy) {
        sched_set_turn_end(mine);
    }
    if (others) {
        sched_offer(mine, thread);
    }
}

/* The current thread doesn't leave after all: who became ready meanwhile wants this CPU, or another one. */
static void stay(struct sched *mine, struct thread *thread)
{
    struct run_queue *queue = &mine->queue;
    sched_unlist_blocked(thread);
    thread->state = THREAD_RUNNING;
    spinlock_lock(&queue->lock);
    uint32_t top = run_queue_top(queue);
    const struct thread *first = top < PRIORITIES ? run_queue_first_locked(queue, top) : NULL;
    spinlock_unlock(&queue->lock);
    if (top < thread->level) {
        cpu_pend(CPU_PENDING_SCHEDULE);
    } else if (first != NULL) {
        sched_offer(mine, first);
    }
}

static void wake_here(struct sched *mine, struct thread *thread)
{
    if (thread == running(mine)) { /* it is still leaving */
        stay(mine, thread);
        return;
    }
    j6_time_t now = clock_now();
    if (thread->state == THREAD_BLOCKED) { /* else it was moved here */
        sched_unlist_blocked(thread);
        if (thread->since < now) { /* else that counts as having run (kernel/boost.h) */
            turn_waited(thread, now - thread->since);
        }
        level_update(thread);
    }
    make_ready(mine, thread, now);
}

void sched_hand_over(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    if (mine->heir == NULL &&
        atomic_load_explicit(&thread->home, memory_order_relaxed) == cpu_index()) {
        mine->heir = thread;
    } else {
        sched_wake(thread);
    }
}

void sched_summon(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    if (atomic_load_explicit(&thread->home, memory_order_relaxed) != cpu_index() &&
        run_queue_mask(&mine->queue) == 0 && run_queue_may_run(&mine->queue, thread)) {
        thread->summoned_to = 1 + cpu_index();
    }
    sched_hand_over(thread);
}

/* True: the thread, which was in this CPU's inbox, was sent on to where it is wanted. */
static bool follow_summons(struct sched *mine, struct thread *thread)
{
    uint32_t summoned_to = thread->summoned_to;
    thread->summoned_to = 0;
    if (summoned_to == 0 || thread == running(mine)) {
        return false;
    }
    sched_unlist_blocked(thread);
    atomic_store(&thread->home, summoned_to - 1);
    send(thread, summoned_to - 1);
    return true;
}

void sched_wake_heir(struct sched *mine)
{
    struct thread *heir = mine->heir;
    mine->heir = NULL;
    wake_here(mine, heir);
}

void sched_empty_inbox(struct sched *mine)
{
    if (!(this_cpu(cpu)->pending & CPU_PENDING_INBOX)) {
        return;
    }
    cpu_unpend(CPU_PENDING_INBOX); /* before it is emptied: who comes later pends again */
    struct thread *thread = run_queue_receive(&mine->queue);
    while (thread != NULL) {
        struct thread *next = thread->inbox_next;
        if (!follow_summons(mine, thread)) {
            wake_here(mine, thread);
        }
        thread = next;
    }
}

void sched_wake(struct thread *thread)
{
    if (KERNEL_DEBUG) {
        assert(thread->state == THREAD_BLOCKED && atomic_load(&thread->wait.lock) == NULL);
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
    if (!list_is_linked(&thread->run_node)) {
        list_push_back(&mine->blocked, &thread->run_node);
    }
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
            sched_move(thread);
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
    atomic_store(&thread->priority, priority | (constant ? PRIORITY_CONSTANT : 0));
    look_again(thread);
}

void sched_set_affinity(struct thread *thread, uint64_t cpus)
{
    atomic_store(&thread->affinity, cpus);
    look_again(thread);
}

/* A blocked one finds it out when it is woken. */
void sched_boost_ends(struct thread *thread)
{
    struct sched *mine = this_cpu(sched);
    if (thread != running(mine)) {
        look_again(thread);
        return;
    }
    level_update(thread);
    if (thread->state == THREAD_RUNNING) {
        sched_set_turn_end(mine);
    }
    if (run_queue_top(&mine->queue) < thread->level) {
        cpu_pend(CPU_PENDING_SCHEDULE);
    }
}
