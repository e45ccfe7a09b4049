/* SPDX-License-Identifier: MIT */
/*
 * Pages of the kernel's own areas: mapped when they are made, since the kernel takes no page faults.
 * The page tables alone know them.
 *
 * Rules: whoever calls owns the range of addresses.
 */
#pragma once
#include "arch/types.h"
#include <j6/status.h>

/*
 * Maps zeroed frames at `count` pages from start on. no_memory: some of them may be there, which is
 * for kernel_pages_unmap to undo. Any lock below RANK_PAGE_TABLE.
 */
j6_status_t kernel_pages_map(vaddr_t start, uint64_t count) J6_MUST_USE;

/* Takes away what is there of them, out of every TLB, and frees it. No lock is held. */
void kernel_pages_unmap(vaddr_t start, uint64_t count);
