/* SPDX-License-Identifier: MIT */
/*
 * Slab caches: objects of one size, cut from runs of frames that are read and written through the
 * offset map. Each CPU keeps a magazine of free objects, so that most calls take no lock.
 *
 *   SLAB_CACHE(thread_cache, "thread", struct thread);
 *
 * Rules: objects are aligned to 64 bytes if their size is a multiple of it, else to 16, and come with
 * undefined content. Any lock of lower rank may be held. Nothing blocks; NULL means no memory.
 */
#pragma once
#include "arch/percpu.h"
#include "arch/types.h"
#include "kernel/base/alloc_site.h"
#include "kernel/base/spinlock.h"
#include "lib/list.h"
#include <j6/info.h>
#include <stddef.h>

#define MAGAZINE_SIZE 16

struct slab;

struct magazine {
    uint32_t count;
    uint32_t live; /* objects handed out by this CPU less those it took back; may wrap */
    void *objects[MAGAZINE_SIZE];
};

struct slab_cache {
    /* Immutable */
    const char *name;
    uint32_t object_size;
    uint32_t order;            /* frames of a slab: 2^order */
    struct magazine *magazine; /* per CPU */
    /* Guarded by lock */
    struct spinlock lock;
    struct list partial; /* slabs with a free object */
    uint64_t slab_count;
    uint64_t used; /* objects outside of slabs: handed out or in magazines */
    bool listed;
    struct slab_cache *next_cache;
};

/* Runs that waste little of themselves: at most an eighth for most sizes up to a page. */
#define SLAB_ORDER(size) ((size) <= 512 ? 0 : (size) <= 1024 ? 1 : (size) <= 2048 ? 2 : 3)
#define SLAB_ROUND(size) (((size) + 15) & ~15ull)

/* What lies in front of the objects of a slab; how many they are; an object's share of the slab. */
#define SLAB_HEADER         64
#define SLAB_CAPACITY(size) (((PAGE_SIZE << SLAB_ORDER(size)) - SLAB_HEADER) / SLAB_ROUND(size))
#define SLAB_COST(size)     ((PAGE_SIZE << SLAB_ORDER(size)) / SLAB_CAPACITY(size))

#define SLAB_CACHE_SIZED(variable, the_name, size)        \
    static PER_CPU(struct magazine, variable##_magazine); \
    static struct slab_cache variable = {                 \
        .name = (the_name),                               \
        .object_size = SLAB_ROUND(size),                  \
        .order = SLAB_ORDER(size),                        \
        .magazine = &variable##_magazine,                 \
        .lock = SPINLOCK_INIT(RANK_SLAB),                 \
        .partial = LIST_INITIALIZER(variable.partial),    \
    }
#define SLAB_CACHE(variable, name, type) SLAB_CACHE_SIZED(variable, name, sizeof(type))

void *slab_alloc(struct slab_cache *cache);
void *slab_alloc_zeroed(struct slab_cache *cache);
#define slab_alloc(cache)        ALLOC_SITE(NULL, slab_alloc(cache))
#define slab_alloc_zeroed(cache) ALLOC_SITE(NULL, slab_alloc_zeroed(cache))
void slab_free(struct slab_cache *cache, void *object);

/* The cache that a pointer came from; it must come from one. */
struct slab_cache *slab_cache_of(const void *object);

/* Gives back every free object of this CPU's magazines, and with them every empty slab. */
void slab_drain(void);

/* Fills in up to `max` rows; tells how many caches there are. */
size_t slab_info(struct j6_slab_info *rows, size_t max);
