/* SPDX-License-Identifier: MIT */
/*
 * The kernel's heap region: pieces of whole pages, contiguous in virtual memory alone, so neither
 * fragments nor powers of two cost anything. kalloc uses it for what is larger than a page. The area
 * is untracked: it keeps no tree of its pages, and grows as room is needed.
 *
 *   | guard | piece | guard | piece |  free  | guard | piece | ...
 *
 * Rules: pieces are zeroed, aligned to pages, and never fault. heap_alloc: any lock below RANK_AREA.
 * heap_free waits for other CPUs' TLBs: no lock is held.
 */
#pragma once
#include "kernel/base/alloc_site.h"
#include <stdbool.h>
#include <stddef.h>

/* Its size is how far it has ever grown. */
extern struct vm_area kernel_heap;

/* In static storage, before any allocator. */
void heap_init(void);

/* Memory of that many bytes, rounded up to pages. NULL when there is none. */
void *heap_alloc(size_t size);
#define heap_alloc(size) ALLOC_SITE(NULL, heap_alloc(size))
void heap_free(void *pointer);

/* Does the address lie in the region? */
bool heap_holds(const void *pointer);
