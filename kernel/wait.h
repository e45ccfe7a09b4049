/* SPDX-License-Identifier: MIT */
/*
 * Signals and waiting. Waiting is level-triggered: it returns at once if a wanted bit is set.
 *
 * Rules: a wait is guarded by the lock of the object; who takes the waiter off its list under that
 * lock owns the thread, alone writes its results (rax: status, rdx: signals) and wakes it. So a
 * signal, a time-out, a kill and the end of the object never meet twice in one wait.
 */
#pragma once
#include "kernel/base/kobject.h"
#include <j6/signals.h>

struct thread;

/* Sets and clears signals; who waits for one of those set goes on. */
void kobject_signal(struct kobject *object, uint64_t clear, uint64_t set);

uint64_t kobject_signals(struct kobject *object);

/*
 * Waits, for the running thread. Returns with the status and *signals if there is nothing to wait
 * for; else leaves the kernel, and the thread gets both in its registers when the wait ends.
 */
j6_status_t kobject_wait(struct kobject *object, uint64_t mask, j6_time_t deadline,
                         uint64_t *signals);

/* Sleeps until the deadline; returns if that has passed. */
void thread_sleep(j6_time_t deadline);

/* Undoes the wait of a thread, if it waits, and wakes it. */
void wait_cancel(struct thread *thread);
