/* SPDX-License-Identifier: MIT */
/*
 * A CPU's part of the scheduler, for the files of the scheduler alone (sched.c, sched_idle.c, sched_wake.c,
 * sched_time.c, sched_yield.c).
 *
 * A thread that becomes ready while a more or equally urgent one runs is offered to an idle CPU, which
 * steals it:
 *
 *   becomes ready                            idles
 *   R1  the thread is in the ready list      I1  sets its bit in sched_idle_cpus
 *   R2  reads sched_idle_cpus, kicks one     I2  looks at the ready lists of all
 *
 * With a full fence between each two, either R2 sees the bit or I2 sees the thread. The same with what a
 * CPU tells about the thread that it runs, `attention`, and its inbox; and with inboxes and CPUs that idle,
 * since what lies in the inbox of a busy one, which may not look until a turn ends, can't be stolen yet:
 *
 *   wakes from afar                          runs another thread
 *   S1  puts the thread into the inbox,      A1  says how urgent that one is
 *       sets CPU_PENDING_INBOX               A2  looks at what is pending
 *   S2  reads `attention` and                idles
 *       sched_idle_cpus, kicks it            I1  as above
 *       if need be                           I2  looks at the inboxes as well, kicks who is busy
 */
#pragma once
#include "arch/percpu.h"
#include "kernel/run_queue.h"
#include "kernel/thread.h"

/* What others must know to wake a thread of this CPU. */
enum attention {
    ATTENTION_LEVEL = 0xf,   /* the level of the thread that runs; PRIORITIES: it idles */
    ATTENTION_ALONE = 1 << 4 /* its turn has no end: it won't look at the inbox by itself */
};

struct sched {
    struct run_queue queue;
    /* Only the owning CPU */
    struct list blocked; /* the fast path of calls (ipc/fast_path.asm) leaves it as it finds it */
    j6_time_t since;     /* up to when time is charged to the turn of the running thread */
    j6_time_t turn_end;  /* never: nobody else is ready */
    j6_time_t starved_look; /* when to look next for threads that starve */
    bool turn_over;         /* the running thread lets equals go first */
    struct thread *heir; /* gets the CPU when the running thread waits, or becomes ready; or NULL */
    bool in_grace_pass;
    /* Written by the owning CPU, read by others */
    struct thread *_Atomic current;
    _Atomic uint32_t attention; /* enum attention */
};

extern PER_CPU(struct sched, sched);
extern _Atomic uint64_t sched_idle_cpus;

static inline struct thread *running(const struct sched *mine)
{
    return atomic_load_explicit(&mine->current, memory_order_relaxed);
}

/* Of this CPU's current thread: is there one that isn't leaving already? */
static inline bool is_running(const struct thread *thread)
{
    return thread != NULL && thread->state == THREAD_RUNNING;
}

static inline struct sched *sched_of(uint32_t index)
{
    return cpu_of(cpu_block(index), sched);
}

/* Has it another priority, or other boosts, than its level goes by? */
static inline bool level_is_stale(const struct thread *thread)
{
    return atomic_load_explicit(&thread->priority, memory_order_relaxed) != thread->last_priority ||
           level_with_boosts(thread) != thread->level;
}

/* Does that CPU look at its inbox at once, whoever comes? Else it may let threads wait until a turn ends. */
static inline bool sched_looks_soon(const struct sched *other)
{
    uint32_t attention = atomic_load(&other->attention);
    return (attention & ATTENTION_ALONE) || (attention & ATTENTION_LEVEL) == PRIORITIES;
}

/* On whose turn the thread, of this CPU, runs: its own, or that of the caller that it works for. */
static inline struct thread *turn_payer(struct thread *thread)
{
    struct thread *caller = atomic_load_explicit(&thread->boost.serves, memory_order_relaxed);
    return caller != NULL && atomic_load_explicit(&caller->home, memory_order_relaxed) ==
                                 atomic_load_explicit(&thread->home, memory_order_relaxed)
               ? caller
               : thread;
}

static inline void level_update(struct thread *thread)
{
    if (level_is_stale(thread)) {
        level_reset(thread);
    }
}

/* A thread of this CPU that isn't blocked any more, or was switched to by the fast path, is in no list. */
static inline void sched_unlist_blocked(struct thread *thread)
{
    if (list_is_linked(&thread->run_node)) {
        list_remove(&thread->run_node);
    }
}

/* Tells the nearest idle CPU that may run the ready thread, if there is one, to come and steal. */
void sched_offer_to_idle(const struct thread *thread);
static inline void sched_offer(const struct sched *mine, const struct thread *thread)
{
    if (cpus_online() != mine->queue.own) {
        sched_offer_to_idle(thread);
    }
}

/* The heir becomes ready as if it had been woken. */
void sched_wake_heir(struct sched *mine);

/* Waits until a thread is ready. The stack below is this CPU's own, so it may stay here for ever. */
struct thread *sched_idle(struct sched *mine);

/* Sends a thread that is in no list to where it may run. */
void sched_move(struct thread *thread);

/* The threads that others have sent here become ready. */
void sched_empty_inbox(struct sched *mine);

/* What others go by when they wake a thread of this CPU: enum attention. */
void sched_set_attention(struct sched *mine, uint32_t attention);

/* The running thread's turn has an end only while somebody else is ready. */
void sched_set_turn_end(struct sched *mine);
