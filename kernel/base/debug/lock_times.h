/* SPDX-License-Identifier: MIT */
/*
 * How long locks are held, by rank: the longest time, and the function that took the lock then. The
 * first time beyond a limit is a warning in the log.
 *
 * An emulator may stop a CPU in between. So the limit is far off at first, and `lock_limit=US` on the
 * command line sets one where time counts instructions.
 */
#pragma once
#include "arch/types.h"
#include "kernel/base/spinlock.h"

enum { LOCK_LIMIT_US = 500000 };

/* Before other CPUs run. */
void lock_times_set_limit(uint64_t us);

/* A lock was held for so long. Any context, with locks held. */
void lock_times_note(enum lock_rank rank, vaddr_t taker, j6_time_t time);

/* Logs the warnings that have come up. With no lock held, since consoles are slow. */
void lock_times_warn(void);

/* Logs all of it, for the end of the system. */
void lock_times_show(void);
