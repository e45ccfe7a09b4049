/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks, each with a rank. Who waits isn't served in the order in which they came: where CPUs are
 * virtual, the next one of a queue may not be running, and all behind it would wait for that.
 *
 * Rules: locks are taken in rising rank, one of a rank at a time. Interrupts are off while one is
 * held (the kernel runs with interrupts off, except at named points that hold nothing). Nothing
 * blocks, copies user memory (but for what is there, `_now`) or leaves the kernel with a lock held. The
 * debug build checks all of it (kernel/base/debug/lock_check.h).
 */
#pragma once
#include "kernel/base/assert.h"
#include "kernel/base/debug.h"
#include "kernel/base/debug/lock_check.h"
#include "kernel/base/debug/race_delay.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* In the order in which they are taken, with the names that the debug build reports. */
#define LOCK_RANKS(X)                         \
    X(RANK_PROCESS_LIST, "process list")      \
    X(RANK_PROCESS, "process")                \
    X(RANK_HANDLES, "handle table")           \
    X(RANK_SPACE, "mappings of a space")      \
    X(RANK_AREA, "area")                      \
    X(RANK_PAGE_TABLE, "page tables")         \
    X(RANK_SYSTEM, "tree of system objects")  \
    X(RANK_LOG_READERS, "readers of the log") \
    X(RANK_OBJECT, "signals of an object")    \
    X(RANK_ENDPOINT, "endpoint")              \
    X(RANK_IRQ_LIST, "list of bound lines")   \
    X(RANK_IRQ, "interrupt line")             \
    X(RANK_FUTEX, "bucket of futexes")        \
    X(RANK_WAIT, "wait for several things")   \
    X(RANK_BOOST, "boost of a thread")        \
    X(RANK_TIMERS, "timer queue")             \
    X(RANK_RUN_QUEUE, "run queue")            \
    X(RANK_STACKS, "spare kernel stacks")     \
    X(RANK_ACCOUNT, "account")                \
    X(RANK_SLOTS, "thread slots")             \
    X(RANK_GRACE, "grace period")             \
    X(RANK_RANDOM, "random numbers")          \
    X(RANK_CLOCK, "changes of the clock")     \
    X(RANK_IRQ_ROUTES, "routes of lines")     \
    X(RANK_IO_PORTS, "ranges of I/O ports")   \
    X(RANK_PHYSICAL, "physical addresses")    \
    X(RANK_SLAB_LIST, "list of slab caches")  \
    X(RANK_SLAB, "slab cache")                \
    X(RANK_FRAMES, "frame allocator")

/* clang-format off */
enum lock_rank {
    RANK_MISSING, /* of a lock that nobody has initialised */
#define LOCK_RANK(rank, name) rank,
    LOCK_RANKS(LOCK_RANK)
#undef LOCK_RANK
    RANK_COUNT,
};
/* clang-format on */
static_assert(RANK_COUNT <= 32, "masks have a bit for each");

struct spinlock {
    _Atomic uint32_t held;
    enum lock_rank rank;
};

#define SPINLOCK_INIT(the_rank) \
    {                           \
        .rank = (the_rank)      \
    }

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
        lock_check_take(lock);
    }
    if (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) != 0) {
        spinlock_wait(lock);
    }
    if (KERNEL_DEBUG) {
        lock_check_taken(lock);
    }
}

static inline void spinlock_unlock(struct spinlock *lock)
{
    if (KERNEL_DEBUG) {
        lock_check_release(lock);
    }
    atomic_store_explicit(&lock->held, 0, memory_order_release);
    if (KERNEL_DEBUG) {
        lock_check_released();
        race_delay();
    }
}

/*
 * Takes the lock if nobody has it. Who only tries waits for nobody, so the order of ranks doesn't count,
 * and the debug build doesn't look; nothing that waits may be done until spinlock_end_try.
 */
static inline bool spinlock_try(struct spinlock *lock)
{
    return atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) == 0;
}

static inline void spinlock_end_try(struct spinlock *lock)
{
    atomic_store_explicit(&lock->held, 0, memory_order_release);
}

/* Where nothing may be held: a panic of the debug build if this CPU holds a lock. */
static inline void spinlock_check_none_held(void)
{
    if (KERNEL_DEBUG) {
        lock_check_none_held();
    }
}
