/* SPDX-License-Identifier: MIT */
/*
 * Stands in place of the real header, which finds a CPU's block through GS. Here the block of CPU 0
 * is the section itself and those of the others are copies; test_cpu_switch chooses one.
 */
#pragma once
#include <stdint.h>

#define PER_CPU(type, name) __attribute__((section("percpu"))) type name

#define cpu_of(block, name) ((__typeof__(&name))((uint64_t) & (name) + (uint64_t)(block)))
#define this_cpu(name)      cpu_of(percpu_block(), name)

#define this_cpu_read(word)   (*this_cpu(word))
#define this_cpu_add(word, n) (*this_cpu(word) += (n))

/* How far this CPU's variables lie from where the linker put them. */
extern uint64_t test_cpu_offset;

static inline void *percpu_block(void)
{
    return (void *)test_cpu_offset;
}
