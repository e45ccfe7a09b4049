/* SPDX-License-Identifier: MIT */
/* Random delays where CPUs meet (race_delay.h). */
#include "kernel/base/debug/race_delay.h"
#include "arch/arch.h"
#include "kernel/base/log.h"

enum { ONE_IN = 64, DELAY_MAX_NS = 200000 };

/* Immutable after race_delays_start */
static bool on;
static uint64_t seed;

static _Atomic uint64_t delays;  /* so far */
static PER_CPU(uint64_t, drawn); /* numbers so far */

/* SplitMix64 (Steele, Lea, Flood 2014): numbers that follow from how many were drawn before. */
static uint64_t draw(void)
{
    uint64_t z = (seed * CPU_MAX + cpu_index()) << 32 | ++*this_cpu(drawn);
    z *= 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void race_delay_now(void)
{
    if (!on) {
        return;
    }
    uint64_t number = draw();
    if (number % ONE_IN != 0) {
        return;
    }
    atomic_fetch_add_explicit(&delays, 1, memory_order_relaxed);
    j6_time_t end = clock_now() + (number >> 32) % DELAY_MAX_NS;
    while (clock_now() < end) {
        arch_pause();
    }
}

void race_delays_start(uint64_t the_seed)
{
    seed = the_seed;
    on = true;
    log_info("delays  at random, seed %lu", seed);
}

void race_delays_show(void)
{
    if (on) {
        log_info("delays  %lu, seed %lu", atomic_load(&delays), seed);
    }
}
