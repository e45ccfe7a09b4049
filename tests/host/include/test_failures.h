/* SPDX-License-Identifier: MIT */
/*
 * Memory and quota that run out at a chosen step: the n-th call of frame_alloc, slab_alloc,
 * slab_alloc_zeroed or account_charge fails. Link tests/host/shim_failures.c in place of
 * mm/frame.c, mm/slab.c and kernel/base/account.c.
 */
#pragma once
#include <stdint.h>

/* So many calls succeed, then one fails, then all succeed; negative: all. */
extern int64_t test_steps_left;
