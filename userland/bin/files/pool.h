/* SPDX-License-Identifier: MIT */
/*
 * Records of one size, known by address or by number. A pool has addresses for all that it may ever
 * hold, and memory for as many as there have been at once; a record never moves.
 */
#pragma once
#include <j6/status.h>
#include <j6/types.h>
#include <stddef.h>
#include <stdint.h>

struct pool {
    /* Immutable after init */
    j6_handle_t area;
    char *records;
    size_t record_size; /* at least a pointer's */
    uint64_t max;
    /* Changing */
    uint64_t begun;     /* so many have been in use */
    void *free;         /* each points at the next one */
    uint64_t committed; /* bytes */
};

J6_MUST_USE j6_status_t pool_init(struct pool *pool, size_t record_size, uint64_t max);

/* A record of zeros. quota, no_memory. */
J6_MUST_USE j6_status_t pool_take(struct pool *pool, void **out_record);
void pool_give_back(struct pool *pool, void *record);

/* The number of a record; and the record, which may be a free one, or NULL: there never was one. */
uint64_t pool_number(const struct pool *pool, const void *record);
void *pool_at(const struct pool *pool, uint64_t number);
