/* SPDX-License-Identifier: MIT */
/*
 * The time that threads have run, exact to the moment: others add to what was charged what a thread's CPU
 * has not charged yet.
 */
#include "arch/arch.h"
#include "kernel/sched_cpu.h"

/* What was charged, and what its CPU has not charged yet; false: that has changed meanwhile. */
static bool read_cpu_time(const struct thread *thread, uint64_t *out_time)
{
    const struct sched *home = sched_of(atomic_load(&thread->home));
    uint32_t charges = atomic_load_explicit(&home->charges, memory_order_acquire);
    uint64_t time = atomic_load_explicit(&thread->run_time, memory_order_relaxed);
    if (running(home) == thread) {
        j6_time_t since = atomic_load_explicit(&home->since, memory_order_relaxed);
        j6_time_t now = clock_now();
        time += now > since ? now - since : 0;
    }
    *out_time = time;
    atomic_thread_fence(memory_order_acquire);
    return charges % 2 == 0 &&
           atomic_load_explicit(&home->charges, memory_order_relaxed) == charges;
}

uint64_t sched_cpu_time(const struct thread *thread)
{
    uint64_t time;
    while (!read_cpu_time(thread, &time)) {
        arch_pause();
    }
    return time;
}
