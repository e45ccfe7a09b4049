/* SPDX-License-Identifier: MIT */
/* Frames and tables on their way back to their allocators. */
#pragma once
#include "arch/cpu.h"
#include "arch/page_table.h"

/* Has any other CPU to forget something? */
static inline bool page_batch_is_remote(const struct page_batch *batch)
{
    return batch->page_count > 0 && (batch->cpus & ~cpu_bit(cpu_index())) != 0;
}

/* Tells the other CPUs what to forget, waits for them, then frees. Nothing is held. */
void page_batch_finish(struct page_batch *batch);
