/* SPDX-License-Identifier: MIT */
/*
 * Memory of any size up to KALLOC_MAX; zeroed, aligned to 16 bytes, to 64 from 64 bytes on. Kernel
 * objects have typed caches instead (mm/slab.h). NULL means no memory; kfree(NULL) does nothing.
 */
#pragma once
#include <stddef.h>

#define KALLOC_MAX (4u << 20)

void *kalloc(size_t size);
void kfree(void *pointer);
