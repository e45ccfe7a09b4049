/* SPDX-License-Identifier: MIT */
/*
 * Random numbers of tests: the same ones on every run, unless TEST_SEED is set. test_random_begin
 * prints the seed, so that a failure can be repeated.
 */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t test_random_state;

static inline void test_random_begin(void)
{
    const char *text = getenv("TEST_SEED");
    test_random_state = text ? strtoull(text, NULL, 0) : 1;
    printf("TEST_SEED=%llu\n", (unsigned long long)test_random_state);
}

/* SplitMix64. */
static inline uint64_t test_random(void)
{
    uint64_t value = test_random_state += 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

static inline uint64_t test_random_below(uint64_t limit)
{
    return test_random() % limit;
}

/* All magnitudes are as likely, edges are common. */
static inline uint64_t test_random_magnitude(void)
{
    uint64_t value = test_random() >> test_random_below(64);
    uint64_t kind = test_random_below(8);
    return kind == 0 ? 0 : kind == 1 ? ~0ull : kind == 2 ? 1ull << (value % 64) : value;
}
