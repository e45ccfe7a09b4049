/* SPDX-License-Identifier: MIT */
/* How long locks are held (lock_times.h). */
#include "kernel/base/debug/lock_times.h"
#include "kernel/base/log.h"
#include "kernel/base/symbols.h"

enum { NS_PER_US = 1000 };

/*
 * Atomic: the longest time in the high half, in ns, and the low half of the return address in the
 * function that took the lock, so that both change at once. Addresses of the kernel image differ in
 * their low halves alone.
 */
static _Atomic uint64_t longest[RANK_COUNT];

static j6_time_t limit = LOCK_LIMIT_US * NS_PER_US;

/* Atomic: a bit for each rank that went beyond the limit, and for those whose warning is to be logged. */
static _Atomic uint32_t warned;
static _Atomic uint32_t to_warn;

static uint64_t record_make(vaddr_t taker, j6_time_t time)
{
    return (time < UINT32_MAX ? time : UINT32_MAX) << 32 | (uint32_t)taker;
}

static j6_time_t record_time(uint64_t record)
{
    return record >> 32;
}

static const char *record_taker(uint64_t record)
{
    return symbol_name((vaddr_t)(int64_t)(int32_t)record);
}

void lock_times_set_limit(uint64_t us)
{
    limit = us * NS_PER_US;
}

void lock_times_note(enum lock_rank rank, vaddr_t taker, j6_time_t time)
{
    uint64_t known = atomic_load_explicit(&longest[rank], memory_order_relaxed);
    uint64_t record = record_make(taker, time);
    while (record_time(record) > record_time(known) &&
           !atomic_compare_exchange_weak(&longest[rank], &known, record)) {
        continue;
    }
    uint32_t bit = 1u << rank;
    if (time > limit && !(atomic_fetch_or(&warned, bit) & bit)) {
        atomic_fetch_or(&to_warn, bit);
    }
}

/* Returns the time. */
static j6_time_t show(enum j6_log_severity severity, unsigned rank)
{
    uint64_t record = atomic_load(&longest[rank]);
    log_write(severity, "locks   %s: held for %lu us in %s", lock_rank_name(rank),
              record_time(record) / NS_PER_US, record_taker(record));
    return record_time(record);
}

void lock_times_warn(void)
{
    if (atomic_load_explicit(&to_warn, memory_order_relaxed) == 0) {
        return;
    }
    for (uint32_t left = atomic_exchange(&to_warn, 0); left != 0; left &= left - 1) {
        show(j6_log_warning, (unsigned)__builtin_ctz(left));
    }
}

void lock_times_show(void)
{
    unsigned beyond = 0;
    for (unsigned rank = RANK_MISSING + 1; rank < RANK_COUNT; rank++) {
        if (atomic_load(&longest[rank]) != 0) {
            beyond += show(j6_log_info, rank) > limit;
        }
    }
    log_info("locks   of %u ranks were held for more than %lu us", beyond, limit / NS_PER_US);
}
