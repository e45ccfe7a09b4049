/* SPDX-License-Identifier: MIT */
/*
 * Memory of any size up to KALLOC_MAX; zeroed, aligned to 16 bytes, to 64 from 64 bytes on. Up to
 * 2 KiB come from slabs, up to a page a frame, and more than that from the heap region (mm/heap.h).
 * Kernel objects have typed caches instead (mm/slab.h).
 *
 * Rules: NULL means no memory; kfree(NULL) does nothing. kalloc: any lock below RANK_AREA. kfree of
 * more than a page waits for other CPUs: then no lock is held.
 */
#pragma once
#include "kernel/base/alloc_site.h"
#include <stddef.h>

#define KALLOC_MAX (4u << 20)

void *kalloc(size_t size);
#define kalloc(size) ALLOC_SITE(NULL, kalloc(size))
void kfree(void *pointer);

/* Bytes of memory that kalloc(size) takes: what its user is charged. */
size_t kalloc_cost(size_t size);
