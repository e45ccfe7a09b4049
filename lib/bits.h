/* SPDX-License-Identifier: MIT */
/* Arithmetic on powers of two. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

static inline bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* `align` is a power of two in all of these. */
static inline bool is_aligned(uint64_t value, uint64_t align)
{
    return (value & (align - 1)) == 0;
}

static inline uint64_t align_down(uint64_t value, uint64_t align)
{
    return value & ~(align - 1);
}

/* 0 when the result would be 2^64. */
static inline uint64_t align_up(uint64_t value, uint64_t align)
{
    return align_down(value + align - 1, align);
}

/* Rounded down and up; the value is at least 1. */
static inline unsigned log2_floor(uint64_t value)
{
    return 63 - (unsigned)__builtin_clzll(value);
}

static inline unsigned log2_ceil(uint64_t value)
{
    return log2_floor(value) + !is_power_of_two(value);
}

static inline uint64_t divide_round_up(uint64_t value, uint64_t by)
{
    return value / by + (value % by != 0);
}

/* How many bits are set; in plain arithmetic, since POPCNT isn't on every CPU. */
static inline unsigned bit_count(uint64_t value)
{
    value -= value >> 1 & 0x5555555555555555;
    value = (value & 0x3333333333333333) + (value >> 2 & 0x3333333333333333);
    value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (unsigned)(value * 0x0101010101010101 >> 56);
}
