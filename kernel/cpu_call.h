/* SPDX-License-Identifier: MIT */
/*
 * Functions run on other CPUs: with nothing held, not in an interrupt, but from the idle loop, at step
 * points, on the way out of the kernel, or while that CPU itself waits for a call.
 *
 * Rules: the caller holds no lock, and is not in an interrupt. Interrupts and other CPUs' calls are
 * served while it waits. A CPU has one call under way: from start to wait it comes to no step point. The
 * function makes no calls itself, comes to no step point, wakes no threads, and returns: it may wait for
 * other CPUs only by tlb_shootdown.
 */
#pragma once
#include <stdint.h>

/* Runs fn(context) on all CPUs of the mask that are online, at the same time; returns after the last. */
void cpu_call(uint64_t cpus, void (*fn)(void *context), void *context);

/* The same in two steps, for other CPUs only: work may be done between them, but no other call. */
void cpu_call_start(uint64_t cpus, void (*fn)(void *context), void *context);
void cpu_call_wait(void);

/* What others want of this CPU. Called by the scheduler. */
void cpu_calls_run(void);
