/* SPDX-License-Identifier: MIT */
/* The kernel's random numbers; seeded once at boot. Any context with interrupts off. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Adds entropy. Says in the log whether the CPU has a generator. */
void random_start(void);

void random_bytes(void *buf, size_t len);
uint64_t random_u64(void);
