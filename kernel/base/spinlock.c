/* SPDX-License-Identifier: MIT */
/* Locks that somebody else has, and the debug build's record of those that each CPU holds. */
#include "kernel/base/spinlock.h"
#include "arch/tlb.h"

PER_CPU(uint32_t, locks_held);

/* Reads until the lock looks free: an exchange would take its cache line away each time. */
void spinlock_wait(struct spinlock *lock)
{
    do {
        while (atomic_load_explicit(&lock->held, memory_order_relaxed) != 0) {
            arch_spin_pause();
        }
    } while (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) != 0);
}
