/* SPDX-License-Identifier: MIT */
/*
 * The memory of a space as its page table shows it, without the locks of areas: as far as it is there.
 *
 * Rules: the space's page table is loaded on this CPU, or was before. What it says counts until this
 * CPU answers a TLB shootdown, so until it waits for a lock, or leaves the kernel. Locks may be held.
 */
#pragma once
#include "mm/frame.h"
#include "mm/user_copy.h"
#include "mm/vm_space.h"

/* Where the kernel finds the byte at an address, and those behind it in its page; NULL: it isn't there. */
static inline void *vm_peek(const struct vm_space *space, vaddr_t at, bool write)
{
    paddr_t memory = page_table_peek(&space->table, at, write);
    return memory != 0 && frame_is_used(memory) ? phys_to_virt(memory) : NULL;
}

/*
 * Copies at most a page of user memory, whose range has been checked, into a space. False: a part of it isn't
 * there. Nothing is written then, unless it is the user's second page.
 */
bool vm_push_now(struct user_ptr from, const struct vm_space *space, vaddr_t to,
                 uint64_t len) J6_MUST_USE;
