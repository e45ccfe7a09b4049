/* SPDX-License-Identifier: MIT */
/*
 * Grace periods: what other CPUs may still be looking at without a lock is freed only after every
 * CPU has passed user mode, idle or a thread switch.
 *
 * Rules: grace_defer may be called with any lock of lower rank held. The function runs on the CPU
 * that deferred it, with nothing held, before that CPU leaves the kernel or idles. A CPU that idles is
 * waited for by nobody; before it looks at anything shared, in an interrupt too, it has to say that it
 * idles no more.
 */
#pragma once
#include <stdbool.h>

struct grace_item {
    struct grace_item *next;
    void (*run)(struct grace_item *item);
};

/* This CPU takes part from now on. The one that boots does from the start. */
void grace_add_cpu(void);

/* Runs run(item) after a grace period. */
void grace_defer(struct grace_item *item, void (*run)(struct grace_item *item));

/* This CPU holds no reference into the kernel at this moment: it leaves, idles or switches. */
void grace_pass(void);

/* The same, but what it may free by that waits until grace_pass: little work, and little stack. */
void grace_report(void);

/* This CPU begins to idle; what it is to do may have become pending by that. */
void grace_idle_begin(void);

/* It may look at shared things again. Does nothing if it may already. */
void grace_idle_end(void);

/* Is nothing waiting for a period to end, and is nothing being freed? */
bool grace_is_idle(void);

/* Interrupts the CPUs that a period still waits for: one may be in user mode for long. */
void grace_remind(void);

/* Has this CPU call grace_remind a little later. Nothing is held. Implemented by kernel/sched.c. */
void grace_remind_later(void);
