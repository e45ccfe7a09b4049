/* SPDX-License-Identifier: MIT */
/*
 * Pools grow by pages of an arena that is theirs together, so that a program that needs a few things of each
 * kind has one area for them. Nothing is given back; pages come when they are touched.
 */
#include "userland/linux/pool.h"
#include "lib/string.h"
#include <j6/j6.h>
#include <j6/sync.h>

enum { ARENA_SIZE = 1 << 20, PIECE = j6_page_size };

static struct {
    struct j6_mutex lock;
    uint64_t next;
    uint64_t end;
} arena;

static bool arena_extend_locked(void)
{
    uint64_t address = 0;
    j6_handle_t area;
    if (j6_vma_create_map(ARENA_SIZE, 0, j6_map_read | j6_map_write, &address, &area) !=
        j6_status_ok) {
        return false;
    }
    j6_handle_close(area); /* the mapping stays */
    arena.next = address;
    arena.end = address + ARENA_SIZE;
    return true;
}

static bool pool_grow(struct pool *pool)
{
    j6_mutex_lock(&arena.lock);
    bool grown = arena.next != arena.end || arena_extend_locked();
    if (grown) {
        pool->fresh = (char *)arena.next;
        pool->end = pool->fresh + PIECE;
        arena.next += PIECE;
    }
    j6_mutex_unlock(&arena.lock);
    return grown;
}

void *pool_take(struct pool *pool)
{
    void *thing = pool->free;
    if (thing != NULL) {
        memcpy(&pool->free, thing, sizeof(pool->free));
        return memset(thing, 0, pool->size);
    }
    if ((size_t)(pool->end - pool->fresh) < pool->size && !pool_grow(pool)) {
        return NULL;
    }
    thing = pool->fresh;
    pool->fresh += pool->size;
    return thing;
}

void pool_give(struct pool *pool, void *thing)
{
    memcpy(thing, &pool->free, sizeof(pool->free));
    pool->free = thing;
}
