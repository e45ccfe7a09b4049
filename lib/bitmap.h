/* SPDX-License-Identifier: MIT */
/*
 * Sets of small numbers, one bit each. A bitmap is a plain array of words that the caller owns,
 * sized with BITMAP_WORDS; `bits` is how many numbers it holds. Locking is the caller's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)

static inline bool bitmap_test(const uint64_t *words, size_t bit)
{
    return words[bit / 64] >> bit % 64 & 1;
}

static inline void bitmap_set(uint64_t *words, size_t bit)
{
    words[bit / 64] |= 1ull << bit % 64;
}

static inline void bitmap_clear(uint64_t *words, size_t bit)
{
    words[bit / 64] &= ~(1ull << bit % 64);
}

/* All bits of [first, first + count). */
void bitmap_set_range(uint64_t *words, size_t first, size_t count);
void bitmap_clear_range(uint64_t *words, size_t first, size_t count);

/* The first set (clear) bit at or after `from`; `bits` when there is none. */
size_t bitmap_find_set(const uint64_t *words, size_t bits, size_t from);
size_t bitmap_find_clear(const uint64_t *words, size_t bits, size_t from);

/* The start of the first run of `count` ≥ 1 clear bits at or after `from`; `bits` when none. */
size_t bitmap_find_clear_run(const uint64_t *words, size_t bits, size_t from, size_t count);

/* How many bits are set. */
size_t bitmap_count(const uint64_t *words, size_t bits);
