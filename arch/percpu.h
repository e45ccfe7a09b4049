/* SPDX-License-Identifier: MIT */
/*
 * Variables of which each CPU has its own.
 *
 *   PER_CPU(struct frame_cache, frame_cache);      // at file scope; starts as zeros
 *   this_cpu(frame_cache)->count++;
 *
 * The section .percpu is linked at address 0, so the address of such a variable is its offset in
 * a CPU's block; the GS base points at the block, and its first word holds the block's address.
 * Rules: what this_cpu() gives is good until the next step point (arch/upcall.h), behind which the
 * thread may be on another CPU; nowhere else is the kernel preempted. Another CPU's variable:
 * cpu_of(block, variable).
 */
#pragma once
#include <stdint.h>

#define PER_CPU(type, name) __attribute__((section(".percpu"))) type name

#define cpu_of(block, name) ((__typeof__(&name))((uint64_t) & (name) + (uint64_t)(block)))
#define this_cpu(name)      cpu_of(percpu_block(), name)

/*
 * Reads such a variable, or a word in it, or adds to it, in one instruction: this_cpu_read(cpu.index).
 * No interrupt of this CPU comes in between; to other CPUs it is a load, and a store. The operand "m",
 * which isn't used, tells the compiler what is read.
 */
#define this_cpu_read(word)                                                              \
    ({                                                                                   \
        __typeof__(((void)0, word)) word_now;                                            \
        __asm__ volatile("mov %%gs:%c1, %0" : "=r"(word_now) : "i"(&(word)), "m"(word)); \
        word_now;                                                                        \
    })
#define this_cpu_add(word, n) \
    __asm__ volatile("addq %0, %%gs:%c1" ::"er"((uint64_t)(n)), "i"(&(word)) : "memory", "cc")

/* The block of the CPU that runs this. */
static inline void *percpu_block(void)
{
    void *block;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(block));
    return block;
}
