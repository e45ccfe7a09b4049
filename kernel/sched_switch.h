/* SPDX-License-Identifier: MIT */
/*
 * What a switch from one thread to another is made of, in this order:
 *
 *   switch_charge       what has passed belongs to the thread that ran
 *   switch_from         it leaves nothing behind on this CPU
 *   switch_to           the other one's state is the CPU's
 *   switch_begin_turn   while somebody is ready: until when it may run
 *
 * Rules: for the scheduler's files, on the owning CPU with interrupts off. Before switch_from the thread
 * is blocked, or the lock of the run queue is held until it is in a list: whoever finds it ready may run
 * it elsewhere at once. Levels are theirs who call; when that of the running thread has changed, or
 * nobody is ready any more, sched_set_turn_end tells others.
 */
#pragma once
#include "arch/arch.h"
#include "arch/page_table.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/sched_cpu.h"

/* What has passed since the last time was of the running thread's turn; NULL while the CPU idles. */
static inline void switch_charge(struct sched *mine, struct thread *thread, j6_time_t now)
{
    if (thread != NULL) {
        turn_payer(thread)->turn_left -= (int64_t)(now - mine->since);
    }
    mine->since = now;
}

/* The running thread runs no more. Releases: as kernel/sched_time.c says. */
static inline void switch_stop(struct sched *mine, struct thread *thread)
{
    uint64_t base = atomic_load_explicit(&thread->run_base, memory_order_relaxed);
    atomic_store_explicit(&thread->run_ticks, arch_ticks() - base, memory_order_release);
    atomic_store_explicit(&mine->current, NULL, memory_order_release);
}

/* The running thread, NULL if there is none, has been charged. The next one: NULL if not known yet. */
static inline void switch_from(struct sched *mine, struct thread *prev, struct thread *next)
{
    page_table_load(next != NULL ? next->tcb.page_table : &kernel_page_table);
    if (prev != NULL) {
        tcb_save(&prev->tcb);
        prev->since = mine->since;
        switch_stop(mine, prev);
        if (prev->state == THREAD_RUNNING) {
            sched_unlist_blocked(prev);
        }
    }
}

/* A thread of this CPU that is in no list, and whose space is loaded. */
static inline void switch_to(struct sched *mine, struct thread *next)
{
    if (KERNEL_DEBUG) {
        assert(next->state == THREAD_READY && !list_is_linked(&next->run_node) &&
               atomic_load(&next->home) == cpu_index() &&
               page_table_loaded() == next->tcb.page_table);
    }
    cpu_count(switches);
    next->state = THREAD_RUNNING;
    uint64_t ticks = atomic_load_explicit(&next->run_ticks, memory_order_relaxed);
    atomic_store_explicit(&next->run_base, arch_ticks() - ticks, memory_order_relaxed);
    atomic_store(&mine->current, next); /* before `killed` is looked at: sched_interrupt */
    tcb_load(&next->tcb);
}

static inline void switch_begin_turn(struct sched *mine, struct thread *thread)
{
    int64_t left = turn_payer(thread)->turn_left;
    mine->turn_end = mine->since + (left > 0 ? (uint64_t)left : 0);
    timers_turn_ends(mine->turn_end);
}
