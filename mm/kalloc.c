/* SPDX-License-Identifier: MIT */
/* Slab caches for sizes 2^4 to 2^11; beyond that, blocks of frames. */
#include "mm/kalloc.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/slab.h"

SLAB_CACHE_SIZED(kalloc_16, "kalloc 16", 16);
SLAB_CACHE_SIZED(kalloc_32, "kalloc 32", 32);
SLAB_CACHE_SIZED(kalloc_64, "kalloc 64", 64);
SLAB_CACHE_SIZED(kalloc_128, "kalloc 128", 128);
SLAB_CACHE_SIZED(kalloc_256, "kalloc 256", 256);
SLAB_CACHE_SIZED(kalloc_512, "kalloc 512", 512);
SLAB_CACHE_SIZED(kalloc_1024, "kalloc 1024", 1024);
SLAB_CACHE_SIZED(kalloc_2048, "kalloc 2048", 2048);

enum { SMALLEST_SHIFT = 4 };

static struct slab_cache *const caches[] = {
    &kalloc_16,  &kalloc_32,  &kalloc_64,   &kalloc_128,
    &kalloc_256, &kalloc_512, &kalloc_1024, &kalloc_2048,
};

enum { CACHES = sizeof(caches) / sizeof(caches[0]) };

void *kalloc(size_t size)
{
    assert(size != 0 && size <= KALLOC_MAX);
    unsigned shift = log2_ceil(size);
    if (shift < SMALLEST_SHIFT + CACHES) {
        return slab_alloc_zeroed(caches[shift <= SMALLEST_SHIFT ? 0 : shift - SMALLEST_SHIFT]);
    }
    unsigned order = shift <= PAGE_SHIFT ? 0 : shift - PAGE_SHIFT;
    paddr_t block = frame_alloc_block(order);
    if (block == 0) {
        return NULL;
    }
    memset(phys_to_virt(block), 0, PAGE_SIZE << order);
    return phys_to_virt(block);
}

void kfree(void *pointer)
{
    if (pointer == NULL) {
        return;
    }
    const struct frame *frame = frame_of(virt_to_phys(pointer));
    if (frame->state == FRAME_SLAB) {
        slab_free(slab_cache_of(pointer), pointer);
    } else {
        frame_free_block(virt_to_phys(pointer), frame->order);
    }
}
