/* SPDX-License-Identifier: MIT */
/* Hands the machine's memory to the frame allocator, and boot's own back to it at the end. */
#pragma once
#include "arch/boot_info.h"
#include <stddef.h>

/*
 * Gives the frame allocator all available memory but the kernel's image and the modules: first what
 * the boot page tables reach (4 GiB), the rest after the final ones are loaded. Panics if there is
 * less than the system needs.
 */
void memory_init_low(const struct boot_info *boot);
void memory_init_high(void);

/* Gives back what only boot needed. Its page tables aren't loaded any more, its stack isn't used. */
void memory_free_boot(void);

/*
 * Pages below 1 MiB that are memory and that nobody else ever gets, for CPUs that begin in real mode.
 * NULL if there aren't so many. Immutable.
 */
const paddr_t *memory_low_pages(size_t count);
