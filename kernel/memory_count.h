/* SPDX-License-Identifier: MIT */
/* How many objects are alive and how much memory is free, exactly. */
#pragma once
#include <stdint.h>

/*
 * Waits until all that has ended is freed: what is on its way on other CPUs, and in grace periods. Gives
 * up after a while, if others go on ending things. For a call that holds references to all that it
 * goes on with; no lock is held.
 */
void memory_settle(void);

/*
 * Free frames, after every CPU has given back what its lists and magazines hold. Exact if no other
 * thread allocates meanwhile. No lock is held.
 */
uint64_t memory_free_frames(void);
