/* SPDX-License-Identifier: MIT */
/* What the kernel does about the clock beside reading it (arch/arch.h): the page, the second look. */
#pragma once
#include "arch/types.h"
#include <j6/status.h>

struct account;
struct vm_space;

/*
 * Makes the area that shows the clock page, and sets the timer for the second measurement of the
 * TSC. Once, before the first process. Panics if there is no memory.
 */
void clock_start(struct account *root);

/*
 * Maps the clock page read-only where the space likes. No handle names its area, so the mapping
 * stays as it is until the space goes. quota, no_memory: of the mapping; the page belongs to the
 * kernel.
 */
j6_status_t clock_map_page(struct vm_space *space, vaddr_t *out_address) J6_MUST_USE;
