/* SPDX-License-Identifier: MIT */
/*
 * The time that threads have run, in ticks of the time-stamp counter: exact to the moment, since a thread that
 * runs keeps the tick at which it would have begun, had it run without a pause.
 *
 *   switched away from   run_ticks = now - run_base     then the CPU's `current` changes
 *   switched to          run_base = now - run_ticks     then it does
 *
 * So who sees that the thread runs, and sees it again with the same base, has read a base that counts.
 */
#include "arch/arch.h"
#include "kernel/sched_cpu.h"

/* False: it was switched to, or away from, meanwhile. */
static bool read_ticks(const struct thread *thread, uint64_t *out_ticks)
{
    const struct sched *home = sched_of(atomic_load(&thread->home));
    bool runs = atomic_load(&home->current) == thread;
    uint64_t base = atomic_load(&thread->run_base);
    *out_ticks = runs ? arch_ticks() - base : atomic_load(&thread->run_ticks);
    return runs == (atomic_load(&home->current) == thread) &&
           base == atomic_load(&thread->run_base) && home == sched_of(atomic_load(&thread->home));
}

uint64_t sched_cpu_time(const struct thread *thread)
{
    uint64_t ticks;
    while (!read_ticks(thread, &ticks)) {
        arch_pause();
    }
    return arch_ticks_ns(ticks);
}
