/* SPDX-License-Identifier: MIT */
/* How much memory is free, exactly. */
#pragma once
#include <stdint.h>

/*
 * Free frames, after every CPU has given back what its lists and magazines hold. Exact if no other
 * thread allocates meanwhile. No lock is held.
 */
uint64_t memory_free_frames(void);
