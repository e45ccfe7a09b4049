/* SPDX-License-Identifier: MIT */
/*
 * Slabs after Bonwick (USENIX 1994; magazines: 2001). A slab is a run of frames with its header in
 * front; objects that were never used are not linked, so a new slab costs nothing but its header.
 */
#include "mm/slab.h"
#include "arch/cpu.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/frame.h"

struct free_object {
    struct free_object *next;
};

struct slab {
    struct list_node link; /* in cache->partial if an object is free */
    struct slab_cache *cache;
    struct free_object *free;
    uint32_t fresh; /* objects from here on were never used */
    uint32_t used;
};
_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "the header fits");

/* All caches that have ever had a slab. Read without the lock: it only grows, at its front. */
static struct {
    struct spinlock lock;
    struct slab_cache *_Atomic first;
} caches = {.lock = SPINLOCK_INIT(RANK_SLAB_LIST)};

static uint32_t slab_capacity(const struct slab_cache *cache)
{
    return (uint32_t)((PAGE_SIZE << cache->order) - SLAB_HEADER) / cache->object_size;
}

static struct slab *slab_of(const void *object)
{
    paddr_t frame = virt_to_phys(object) & ~(PAGE_SIZE - 1);
    assert(frame_of(frame)->state == FRAME_SLAB);
    return phys_to_virt(frame - frame_of(frame)->place * PAGE_SIZE);
}

struct slab_cache *slab_cache_of(const void *object)
{
    return slab_of(object)->cache;
}

static struct slab *slab_create_locked(struct slab_cache *cache)
{
    paddr_t block = frame_alloc_block(cache->order);
    if (block == 0) {
        return NULL;
    }
    for (unsigned i = 0; i < 1u << cache->order; i++) {
        struct frame *frame = frame_of(block + i * PAGE_SIZE);
        frame->state = FRAME_SLAB;
        frame->place = (uint16_t)i;
    }
    struct slab *slab = phys_to_virt(block);
    /* No trace of who had the frames; as to emulators see guarded.c. */
    memset(slab, 0, PAGE_SIZE << cache->order);
    *slab = (struct slab){.cache = cache};
    list_push_front(&cache->partial, &slab->link);
    cache->slab_count++;
    return slab;
}

static void slab_destroy_locked(struct slab_cache *cache, struct slab *slab)
{
    list_remove(&slab->link);
    cache->slab_count--;
    paddr_t block = virt_to_phys(slab);
    for (unsigned i = 0; i < 1u << cache->order; i++) {
        *frame_of(block + i * PAGE_SIZE) = (struct frame){0};
    }
    frame_of(block)->state = FRAME_USED;
    frame_of(block)->order = (uint8_t)cache->order;
    frame_free_block(block, cache->order);
}

static void *object_take_locked(struct slab_cache *cache)
{
    struct list_node *first = list_first(&cache->partial);
    struct slab *slab =
        first != NULL ? container_of(first, struct slab, link) : slab_create_locked(cache);
    if (slab == NULL) {
        return NULL;
    }
    void *object = slab->free;
    if (object != NULL) {
        slab->free = slab->free->next;
    } else {
        object = (char *)slab + SLAB_HEADER + (size_t)slab->fresh * cache->object_size;
        slab->fresh++;
    }
    slab->used++;
    cache->used++;
    if (slab->free == NULL && slab->fresh == slab_capacity(cache)) {
        list_remove(&slab->link);
    }
    return object;
}

static void object_return_locked(struct slab_cache *cache, void *object)
{
    struct slab *slab = slab_of(object);
    assert(slab->cache == cache && slab->used > 0);
    struct free_object *free_object = object;
    free_object->next = slab->free;
    slab->free = free_object;
    slab->used--;
    cache->used--;
    if (!list_is_linked(&slab->link)) {
        list_push_front(&cache->partial, &slab->link);
    }
    if (slab->used == 0) {
        slab_destroy_locked(cache, slab);
    }
}

static void cache_list(struct slab_cache *cache)
{
    spinlock_lock(&caches.lock);
    if (!cache->listed) {
        cache->listed = true;
        cache->next_cache = caches.first;
        caches.first = cache;
    }
    spinlock_unlock(&caches.lock);
}

static void magazine_fill(struct slab_cache *cache, struct magazine *magazine)
{
    if (!cache->listed) {
        cache_list(cache);
    }
    spinlock_lock(&cache->lock);
    while (magazine->count < MAGAZINE_SIZE / 2) {
        void *object = object_take_locked(cache);
        if (object == NULL) {
            break;
        }
        magazine->objects[magazine->count++] = object;
    }
    spinlock_unlock(&cache->lock);
}

static void magazine_shrink(struct slab_cache *cache, struct magazine *magazine, uint32_t keep)
{
    spinlock_lock(&cache->lock);
    while (magazine->count > keep) {
        object_return_locked(cache, magazine->objects[--magazine->count]);
    }
    spinlock_unlock(&cache->lock);
}

void *(slab_alloc)(struct slab_cache *cache)
{
    struct magazine *magazine = this_cpu(*cache->magazine);
    if (magazine->count == 0) {
        magazine_fill(cache, magazine);
        if (magazine->count == 0) {
            return NULL;
        }
    }
    magazine->live++;
    return magazine->objects[--magazine->count];
}

void *(slab_alloc_zeroed)(struct slab_cache *cache)
{
    void *object = slab_alloc(cache);
    if (object != NULL) {
        memset(object, 0, cache->object_size);
    }
    return object;
}

void slab_free(struct slab_cache *cache, void *object)
{
    struct magazine *magazine = this_cpu(*cache->magazine);
    if (KERNEL_DEBUG) {
        assert(slab_of(object)->cache == cache);
        memset(object, 0xd5, cache->object_size);
    }
    if (magazine->count == MAGAZINE_SIZE) {
        magazine_shrink(cache, magazine, MAGAZINE_SIZE / 2);
    }
    magazine->live--;
    magazine->objects[magazine->count++] = object;
}

void slab_drain(void)
{
    for (struct slab_cache *cache = caches.first; cache != NULL; cache = cache->next_cache) {
        magazine_shrink(cache, this_cpu(*cache->magazine), 0);
    }
}

/* What one CPU handed out another may have taken back: only the sum means something. */
static uint32_t live_objects(const struct slab_cache *cache)
{
    uint32_t live = 0;
    for (uint64_t left = cpus_online(); left != 0;) {
        live += cpu_of(cpu_block(cpu_mask_pop(&left)), *cache->magazine)->live;
    }
    return live;
}

size_t slab_info(struct j6_slab_info *rows, size_t max)
{
    size_t count = 0;
    for (struct slab_cache *cache = caches.first; cache != NULL; cache = cache->next_cache) {
        if (count < max) {
            struct j6_slab_info *row = &rows[count];
            *row = (struct j6_slab_info){
                .object_size = cache->object_size,
                .live = live_objects(cache),
                .slabs = cache->slab_count,
                .frames = cache->slab_count << cache->order,
            };
            string_copy(row->name, sizeof(row->name), cache->name);
        }
        count++;
    }
    return count;
}
