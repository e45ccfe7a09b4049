/* SPDX-License-Identifier: MIT */
/*
 * Variables of which each CPU has its own.
 *
 *   PER_CPU(struct frame_cache, frame_cache);      // at file scope; starts as zeros
 *   this_cpu(frame_cache)->count++;
 *
 * The section .percpu is linked at address 0, so the address of such a variable is its offset in
 * a CPU's block; the GS base points at the block, and its first word holds the block's address.
 * Rules: this_cpu() only where the thread of control can't move to another CPU, that is anywhere in
 * the kernel, which isn't preempted. Another CPU's variable: cpu_of(cpu_block(index), variable).
 */
#pragma once
#include <stdint.h>

#define PER_CPU(type, name) __attribute__((section(".percpu"))) type name

#define cpu_of(block, name) ((__typeof__(&name))((uint64_t) & (name) + (uint64_t)(block)))
#define this_cpu(name)      cpu_of(percpu_block(), name)

/* The block of the CPU that runs this. */
static inline void *percpu_block(void)
{
    void *block;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(block));
    return block;
}
