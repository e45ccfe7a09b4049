/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: for each CPU a queue of ready threads by priority, a list of blocked and a list of
 * exited ones.
 *
 * Rules: a thread's run state and links change under the lock of its CPU's queue. A thread that
 * blocks is marked first, under the lock of what it waits for, and then leaves by kernel_leave();
 * whoever ends its wait calls sched_wake. A thread in a long operation makes way at step points
 * (kernel/step.h). Nobody else calls the scheduler.
 */
#pragma once
#include <j6/types.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    PRIORITIES = 8,
    PRIORITY_MOST_URGENT = 0,
    PRIORITY_DEFAULT = 4,
};

enum thread_state { THREAD_BLOCKED, THREAD_READY, THREAD_RUNNING, THREAD_EXITED };

struct thread;

/* Prepares this CPU's queues. */
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

/* A new thread joins the blocked ones. */
void sched_add(struct thread *thread);

/* The running thread is blocked from now on; it still has to leave. */
void sched_mark_blocked(struct thread *thread);

/* A blocked thread becomes ready. */
void sched_wake(struct thread *thread);

/* The running thread lets others of its priority go first. */
void sched_yield(void);

/* The running thread has ended, and given up its space: this CPU forgets it. */
void sched_exit(struct thread *thread);

/* When the running thread must make way; never, while no other is ready. */
j6_time_t sched_turn_end(void);
