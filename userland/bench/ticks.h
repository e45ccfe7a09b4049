/* SPDX-License-Identifier: MIT */
/* The time-stamp counter, which the emulator makes count instructions. */
#pragma once
#include <stdint.h>

static inline uint64_t ticks(void)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}
