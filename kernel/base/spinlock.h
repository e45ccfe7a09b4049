/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks, each with a rank.
 *
 * Rules: locks are taken in rising rank, one of a rank at a time; the debug build asserts both.
 * Interrupts are off while one is held (the kernel runs with interrupts off, except at named points
 * that hold nothing). Nothing blocks, copies user memory or leaves the kernel with a lock held.
 */
#pragma once
#include "arch/percpu.h"
#include "kernel/base/assert.h"
#include "kernel/base/debug.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum lock_rank {
    RANK_PROCESS_LIST = 1, /* the list of processes */
    RANK_PROCESS,          /* a process: its threads and its state */
    RANK_HANDLES,          /* a handle table */
    RANK_SPACE,            /* the mappings of a space */
    RANK_AREA,             /* an area: its pages and its mappings */
    RANK_PAGE_TABLE,       /* the page tables of a space */
    RANK_SYSTEM,           /* the tree of system objects */
    RANK_LOG_READERS,      /* who is to be told of log entries */
    RANK_OBJECT,           /* an object: signals and waiters */
    RANK_TIMERS,           /* a CPU's timer queue */
    RANK_RUN_QUEUE,        /* a CPU's run queue */
    RANK_ACCOUNT,          /* an account */
    RANK_GRACE,            /* the grace period */
    RANK_RANDOM,           /* the random number generator */
    RANK_PHYSICAL,         /* who uses physical addresses */
    RANK_SLAB_LIST,        /* the list of slab caches */
    RANK_SLAB,             /* a slab cache */
    RANK_FRAMES,           /* the frame allocator */
};

struct spinlock {
    _Atomic uint32_t held;
    enum lock_rank rank;
};

#define SPINLOCK_INIT(the_rank) \
    {                           \
        .rank = (the_rank)      \
    }

extern uint32_t locks_held; /* per CPU, debug build: a bit for each rank */

static inline void spinlock_init(struct spinlock *lock, enum lock_rank rank)
{
    *lock = (struct spinlock)SPINLOCK_INIT(rank);
}

/* Spins until the lock is taken, and answers TLB shootdowns (arch/tlb.h) meanwhile. */
__attribute__((cold)) void spinlock_wait(struct spinlock *lock);

/* Takes the lock by an exchange (acquire); partner: the release store in spinlock_unlock. */
static inline void spinlock_lock(struct spinlock *lock)
{
    if (KERNEL_DEBUG) {
        assert(*this_cpu(locks_held) >> lock->rank == 0);
        *this_cpu(locks_held) |= 1u << lock->rank;
    }
    if (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) != 0) {
        spinlock_wait(lock);
    }
}

static inline void spinlock_unlock(struct spinlock *lock)
{
    if (KERNEL_DEBUG) {
        assert(*this_cpu(locks_held) >> lock->rank & 1);
        *this_cpu(locks_held) &= ~(1u << lock->rank);
    }
    atomic_store_explicit(&lock->held, 0, memory_order_release);
}

/* For assertions: does this CPU hold a lock? Always false in the release build. */
static inline bool spinlock_any_held(void)
{
    return KERNEL_DEBUG && *this_cpu(locks_held) != 0;
}
