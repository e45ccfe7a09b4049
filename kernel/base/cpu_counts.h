/* SPDX-License-Identifier: MIT */
/*
 * What has happened on each CPU since it started.
 *
 * Rules: a CPU counts for itself alone, with interrupts off, so nothing is locked; any CPU may read.
 */
#pragma once
#include "arch/percpu.h"
#include <j6/types.h>
#include <stdatomic.h>
#include <stdint.h>

struct cpu_counts {
    _Atomic uint64_t switches;
    _Atomic uint64_t interrupts; /* of all kinds */
    _Atomic uint64_t alarms;
    _Atomic uint64_t kicks;
    _Atomic uint64_t shootdowns;
    _Atomic uint64_t lock_waits; /* spinlocks that somebody else had */
    _Atomic uint64_t device_interrupts;
    _Atomic uint64_t spurious;  /* interrupts that were nobody's */
    _Atomic uint64_t fpu_loads; /* of a thread's floating-point state into the registers */
    /*
     * Twice the time that it has idled; while it idles less twice the time at which it began, and 1 more.
     * So one word tells both, and there is no moment at which two would contradict each other.
     */
    _Atomic uint64_t idle;
};

extern struct cpu_counts cpu_counts; /* per CPU */

static inline void cpu_count_add(_Atomic uint64_t *count, uint64_t n)
{
    uint64_t value = atomic_load_explicit(count, memory_order_relaxed);
    atomic_store_explicit(count, value + n, memory_order_relaxed);
}

/* cpu_count(kicks): one more on this CPU. */
#define cpu_count(name) this_cpu_add(cpu_counts.name, 1)

/* This CPU begins to idle, and goes on. */
void cpu_count_idle_begin(void);
void cpu_count_idle_end(void);

/* How long a CPU has idled until now. */
j6_time_t cpu_idle_time(const struct cpu_counts *counts);
