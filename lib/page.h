/* SPDX-License-Identifier: MIT */
/* The page size and arithmetic on it. Lengths are bytes; counts are pages. */
#pragma once
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1ull << PAGE_SHIFT)

static inline uint64_t page_down(uint64_t address)
{
    return address & ~(PAGE_SIZE - 1);
}

/* The next page boundary; 0 when that is 2^64. */
static inline uint64_t page_up(uint64_t address)
{
    return page_down(address + PAGE_SIZE - 1);
}

/* How many pages hold that many bytes: a begun page counts. Right for every value. */
static inline uint64_t page_count(uint64_t bytes)
{
    return (bytes >> PAGE_SHIFT) + ((bytes & (PAGE_SIZE - 1)) != 0);
}
