/* SPDX-License-Identifier: MIT */
/* Ticks of the time-stamp counter, the same on all CPUs: for measuring how long something took. */
#pragma once
#include "arch/percpu.h"
#include <stdint.h>

/* What is added to this CPU's counter for that of CPU 0; not 0 only where TSC_ADJUST can't do it. */
extern PER_CPU(uint64_t, clock_tsc_offset);

/* Not ordered with what is read and written around it. */
static inline uint64_t arch_ticks(void)
{
    uint64_t low, high; /* the upper halves are cleared */
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (high << 32 | low) + this_cpu_read(clock_tsc_offset);
}
