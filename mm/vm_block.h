/* SPDX-License-Identifier: MIT */
/*
 * Blocks: 2 MiB of an area that are contiguous in memory and aligned, at offsets and addresses alike,
 * so that one large page maps them. Areas that ask for it are filled by blocks while there are any;
 * for everybody else a block is 512 pages like others: it may be shared, replaced and given back
 * page by page.
 */
#pragma once
#include "mm/vm_area.h"

#define BLOCK_SIZE (1ull << 21)

/* Before a page at the offset is asked for, without a lock: brings in the block around it, if the
 * area wants one, nothing of it is there, and there is the memory. */
void vm_block_fill(struct vm_area *area, uint64_t offset);

/* The block around the offset, if it can be mapped as one; the lock is held. */
bool vm_block_locked(struct vm_area *area, uint64_t offset, struct page_grant *grant);
