/* SPDX-License-Identifier: MIT */
/*
 * The scheduler. Each CPU has a run queue (kernel/run_queue.h); a thread belongs to one CPU, its home:
 * where it last ran. It goes elsewhere only when an idle CPU steals it while it is ready, when a caller
 * summons it, or when its affinity says so.
 *
 * Who may touch a thread's run state, its links and its registers:
 *
 *   running    the thread itself, on its home CPU
 *   leaving    it waits already, but its home CPU hasn't switched away from it: as blocked
 *   blocked    whoever took it out of its wait, under the lock of that (kernel/wait.h): writes its
 *              results, then calls sched_wake, and has nothing to do with it any more. Its links:
 *              the home CPU
 *   woken      on the way through the home CPU's inbox: the home CPU
 *   ready      the home CPU, and thieves, who become its home, under the lock of that run queue
 *   exited     nobody: its memory goes after a grace period
 *
 * So nobody switches to a thread that is still leaving: only its home CPU could, and that finishes the
 * one switch before it begins another. Others may at any time set `killed`, and interrupt it.
 *
 * Rules: a thread that blocks is marked first, under the lock of what it waits for, and then leaves by
 * kernel_leave(). A thread in a long operation makes way at step points (kernel/step.h). Nobody else
 * calls the scheduler.
 */
#pragma once
#include <j6/types.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    PRIORITIES = 8,
    PRIORITY_CONSTANT = 1 << 8, /* or'ed to one: turns don't change the level */
    PRIORITY_MOST_URGENT = 0,
    PRIORITY_DEFAULT = 4,
    PRIORITY_IDLE = 7, /* runs when nobody else wants to; nobody is demoted to it */
};

enum thread_state { THREAD_BLOCKED, THREAD_READY, THREAD_RUNNING, THREAD_EXITED };

struct thread;

/* Prepares this CPU's queue. */
void sched_init(void);

/* The thread that runs on this CPU, NULL while it idles. */
struct thread *sched_current(void);

/*
 * The thread that this CPU works for: the running one, but NULL also in what runs at the end of a
 * grace period, which is nobody's work.
 */
struct thread *sched_worker(void);

/* Should the running thread make way for another one now? */
bool sched_is_turn_over(const struct thread *thread);

/* A new thread, which nobody else knows yet, is blocked on this CPU. */
void sched_add(struct thread *thread);

/* The running thread is blocked from now on; it still has to leave. */
void sched_mark_blocked(struct thread *thread);

/* A blocked thread, which the caller owns, becomes ready. Any lock of lower rank may be held. */
void sched_wake(struct thread *thread);

/*
 * The same by the running thread, which is going to wait before it leaves the kernel: the woken one gets the
 * CPU then, without a way through the run queue, unless somebody more urgent is ready. If it doesn't wait
 * after all, the other one becomes ready as usual.
 */
void sched_hand_over(struct thread *thread);

/*
 * The same for a thread that the running one has called, and waits for: it comes here from its own CPU, unless
 * somebody else is ready here. So a server is soon where its client is, and calls need no other CPU.
 */
void sched_summon(struct thread *thread);

/* The running thread leaves the kernel, and lets others of its priority go first. */
_Noreturn void sched_yield(struct thread *thread);

/* A thread was killed: if it runs, on whichever CPU, that looks at it soon. */
void sched_interrupt(struct thread *thread);

/* The running thread has ended, and given up its space: this CPU forgets it. */
void sched_exit(struct thread *thread);

/*
 * Passes a grace period, and frees what waited for it, in the middle of a call: what was found without a
 * reference may be gone afterwards, as after a step point (arch/upcall.h).
 */
void sched_pass_grace(void);

/* When the running thread must make way; never, while no other is ready. */
j6_time_t sched_turn_end(void);

/*
 * The urgency that a thread has from now on (and never exceeds, unless it starves); `constant`: nothing
 * changes it. The mask of CPUs that may run it, not empty. The caller knows that it hasn't ended.
 */
void sched_set_priority(struct thread *thread, uint32_t priority, bool constant);
void sched_set_affinity(struct thread *thread, uint64_t cpus);

/* It holds a call less, and is less urgent by that, maybe. Any lock of lower rank may be held. */
void sched_boost_ends(struct thread *thread);

/* How long the thread has run, in nanoseconds. */
uint64_t sched_cpu_time(const struct thread *thread);
