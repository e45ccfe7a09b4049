/* SPDX-License-Identifier: MIT */
/* Locks that somebody else has. */
#include "kernel/base/spinlock.h"
#include "arch/arch.h"
#include "arch/tlb.h"
#include "kernel/base/cpu_counts.h"

/* Reads until the lock looks free: an exchange would take its cache line away each time. */
void spinlock_wait(struct spinlock *lock)
{
    j6_time_t start = KERNEL_DEBUG ? clock_now() : 0;
    cpu_count(lock_waits);
    do {
        while (atomic_load_explicit(&lock->held, memory_order_relaxed) != 0) {
            arch_spin_pause();
            if (KERNEL_DEBUG) {
                lock_check_patience(lock, start);
            }
        }
    } while (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) != 0);
}
