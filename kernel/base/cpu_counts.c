/* SPDX-License-Identifier: MIT */
#include "kernel/base/cpu_counts.h"
#include "arch/arch.h"

PER_CPU(struct cpu_counts, cpu_counts);

void cpu_count_idle_begin(void)
{
    cpu_count_add(&this_cpu(cpu_counts)->idle, 1 - 2 * clock_now());
}

void cpu_count_idle_end(void)
{
    cpu_count_add(&this_cpu(cpu_counts)->idle, 2 * clock_now() - 1);
}

j6_time_t cpu_idle_time(const struct cpu_counts *counts)
{
    uint64_t idle = atomic_load_explicit(&counts->idle, memory_order_relaxed);
    return (idle & 1 ? idle - 1 + 2 * clock_now() : idle) / 2;
}
