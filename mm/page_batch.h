/* SPDX-License-Identifier: MIT */
/* Frames and tables on their way back to their allocators. */
#pragma once
#include "arch/page_table.h"

/* Tells the other CPUs what to forget, waits for them, then frees. Nothing is held. */
void page_batch_finish(struct page_batch *batch);
