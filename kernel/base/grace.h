/* SPDX-License-Identifier: MIT */
/*
 * Grace periods: what other CPUs may still be looking at without a lock is freed only after every
 * CPU has passed user mode, idle or a thread switch.
 *
 * Rules: grace_defer may be called with any lock of lower rank held. The function runs on whichever
 * CPU ends the period, with nothing held, before that CPU leaves the kernel.
 */
#pragma once
#include <stdbool.h>

struct grace_item {
    struct grace_item *next;
    void (*run)(struct grace_item *item);
};

/* Runs run(item) after a grace period. */
void grace_defer(struct grace_item *item, void (*run)(struct grace_item *item));

/* This CPU holds no reference into the kernel at this moment: it leaves, idles or switches. */
void grace_pass(void);

/* Is nothing waiting for a period to end? */
bool grace_is_idle(void);
