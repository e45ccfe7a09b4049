/* SPDX-License-Identifier: MIT */
/*
 * What the debug kernel checks of every spinlock. A violation is a panic that names the locks and the
 * functions that took them.
 *
 *   rank       locks are taken in rising rank, one of a rank at a time
 *   order      once A was taken while B was held, B is never taken while A is held, on any CPU, nor
 *              by way of others: both orders are shown
 *   interrupts are off while a lock is held
 *   waiting    nothing is held where the kernel blocks or is left, nobody waits for ever, and nobody where
 *              he mustn't
 *   holding    nobody holds a lock for long (kernel/base/debug/lock_times.h)
 *
 * Rules: called by kernel/base/spinlock.h alone, in any context in which a lock may be taken.
 */
#pragma once
#include <j6/types.h>

struct spinlock;

/* This CPU is about to take the lock; has taken it; is about to release it; has released one. */
void lock_check_take(const struct spinlock *lock);
void lock_check_taken(const struct spinlock *lock);
void lock_check_release(const struct spinlock *lock);
void lock_check_released(void);

/* This CPU has waited for the lock since then. */
void lock_check_patience(const struct spinlock *lock, j6_time_t since);

/* What reports call the locks of a rank. */
const char *lock_rank_name(unsigned rank);

/*
 * In between no lock is taken that would be waited for, free or not: who waits answers TLB shootdowns. Locks
 * may be held, and tried.
 */
void lock_check_must_not_wait(void);
void lock_check_may_wait(void);

/* This CPU is at a place where nothing may be held. */
void lock_check_none_held(void);
