/* SPDX-License-Identifier: MIT */
/*
 * Memory for code that takes frames, slabs or kalloc from the real allocators. Link
 * tests/host/shim_frames.c, tests/host/shim_machine.c, mm/frame.c, kernel/base/spinlock.c and
 * lib/string.c.
 */
#pragma once
#include "arch/types.h"

/*
 * So many free frames; once in a program. More frames lie behind them that the allocator knows but
 * wasn't given, like those of a boot module; returns where.
 */
paddr_t test_frames_start(uint64_t count, uint64_t more);

/* Takes all that is free but so many blocks of 2^order. */
void test_frames_leave(unsigned order, uint64_t count);

/* Gives back what test_frames_leave took. */
void test_frames_restore(void);
