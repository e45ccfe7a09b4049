/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/pool.h"
#include "lib/page.h"
#include "lib/string.h"
#include <j6/j6.h>

j6_status_t pool_init(struct pool *pool, size_t record_size, uint64_t max)
{
    uint64_t address = 0;
    *pool = (struct pool){.record_size = record_size, .max = max};
    j6_status_t status = j6_vma_create_map(page_up(record_size * max), 0,
                                           j6_map_read | j6_map_write, &address, &pool->area);
    pool->records = (char *)address;
    return status;
}

/*
 * Memory is asked for by calls: a page, or a page table, that can't be had when we touch it would
 * be the end. So the kernel writes there first, and tells.
 */
static j6_status_t commit_page(struct pool *pool)
{
    uint64_t len = PAGE_SIZE;
    j6_status_t status = j6_vma_op_range(pool->area, j6_op_commit, pool->committed, &len);
    if (status == j6_status_ok &&
        j6_clock_call((j6_time_t *)(pool->records + pool->committed)) != j6_status_ok) {
        status = j6_err_no_memory;
    }
    pool->committed += status == j6_status_ok ? PAGE_SIZE : 0;
    return status;
}

static j6_status_t begin_record(struct pool *pool)
{
    uint64_t end = (pool->begun + 1) * pool->record_size;
    j6_status_t status = pool->begun == pool->max ? j6_err_quota : j6_status_ok;
    while (end > pool->committed && status == j6_status_ok) {
        status = commit_page(pool);
    }
    return status;
}

j6_status_t pool_take(struct pool *pool, void **out_record)
{
    void *record = pool->free;
    if (record != NULL) {
        pool->free = *(void **)record;
    } else {
        j6_status_t status = begin_record(pool);
        if (status != j6_status_ok) {
            return status;
        }
        record = pool->records + pool->begun++ * pool->record_size;
    }
    memset(record, 0, pool->record_size);
    *out_record = record;
    return j6_status_ok;
}

void pool_give_back(struct pool *pool, void *record)
{
    memset(record, 0, pool->record_size);
    *(void **)record = pool->free;
    pool->free = record;
}

uint64_t pool_number(const struct pool *pool, const void *record)
{
    return (uint64_t)((const char *)record - pool->records) / pool->record_size;
}

void *pool_at(const struct pool *pool, uint64_t number)
{
    return number < pool->begun ? pool->records + number * pool->record_size : NULL;
}
