/* SPDX-License-Identifier: MIT */
/* Slab caches for sizes 2^4 to 2^11, then a frame, then pages of the heap region. */
#include "mm/kalloc.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"
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

/* The cache for a size; NULL: a page or more. */
static struct slab_cache *cache_for(size_t size)
{
    unsigned shift = log2_ceil(size);
    unsigned number = shift <= SMALLEST_SHIFT ? 0 : shift - SMALLEST_SHIFT;
    return number < CACHES ? caches[number] : NULL;
}

static void *page_alloc(void)
{
    paddr_t page = frame_alloc();
    return page != 0 ? memset(phys_to_virt(page), 0, PAGE_SIZE) : NULL;
}

void *(kalloc)(size_t size)
{
    assert(size != 0 && size <= KALLOC_MAX);
    if (size > PAGE_SIZE) {
        return heap_alloc(size);
    }
    struct slab_cache *cache = cache_for(size);
    return cache != NULL ? slab_alloc_zeroed(cache) : page_alloc();
}

void kfree(void *pointer)
{
    if (pointer == NULL) {
        return;
    }
    if (heap_holds(pointer)) {
        heap_free(pointer);
    } else if (frame_of(virt_to_phys(pointer))->state == FRAME_SLAB) {
        slab_free(slab_cache_of(pointer), pointer);
    } else {
        frame_free(virt_to_phys(pointer));
    }
}

size_t kalloc_cost(size_t size)
{
    const struct slab_cache *cache = size > PAGE_SIZE ? NULL : cache_for(size);
    return cache != NULL ? SLAB_COST(cache->object_size) : page_up(size);
}
