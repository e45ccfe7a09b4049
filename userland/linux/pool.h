/* SPDX-License-Identifier: MIT */
/*
 * Small things of one size, for the layer's own bookkeeping: the program's memory is none of its business.
 * Memory that was taken once is kept for the next of the same kind.
 *
 * Rules for pool: whoever has a pool guards it by a lock of his own.
 */
#pragma once
#include <stddef.h>

struct pool {
    size_t size; /* of each: at least a pointer, at most a page */
    void *free;  /* a list, linked by the first word */
    char *fresh; /* never used yet, up to … */
    char *end;
};

/* Zeroed; NULL when there is no memory. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *thing);
