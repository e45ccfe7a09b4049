/* SPDX-License-Identifier: MIT */
/* A pool grows by areas that are never given back; their pages come when they are touched. */
#include "userland/linux/pool.h"
#include "lib/string.h"
#include <j6/j6.h>

enum { PIECE = 1 << 20 };

static bool pool_grow(struct pool *pool)
{
    uint64_t address = 0;
    j6_handle_t area;
    if (j6_vma_create_map(PIECE, 0, j6_map_read | j6_map_write, &address, &area) != j6_status_ok) {
        return false;
    }
    j6_handle_close(area); /* the mapping stays */
    pool->fresh = (char *)address;
    pool->end = pool->fresh + PIECE;
    return true;
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
