/* SPDX-License-Identifier: MIT */
/*
 * Random delays of the debug kernel where CPUs meet: behind the release of a lock, before an interrupt
 * is sent to another CPU, and before one is answered. They widen the windows in which others can
 * come in between. Off until race_delays_start; any context.
 */
#pragma once
#include "kernel/base/debug.h"
#include <stdint.h>

/* From now on, by a sequence of each CPU's own that the seed decides. */
void race_delays_start(uint64_t seed);

/* Logs how often CPUs were delayed, if they are to be. */
void race_delays_show(void);

/* Spins a while, now and then. */
void race_delay_now(void);

static inline void race_delay(void)
{
    if (KERNEL_DEBUG) {
        race_delay_now();
    }
}
