/* SPDX-License-Identifier: MIT */
/*
 * The checks of lock_check.h. Locks of one rank are one class: since at most one of a rank is held,
 * what a CPU holds is an entry for each rank. The observed order is a graph of ranks, with an edge
 * from A to B once B was taken while A was held; a circle in it could become a deadlock.
 */
#include "kernel/base/debug/lock_check.h"
#include "arch/arch.h"
#include "kernel/base/assert.h"
#include "kernel/base/debug/lock_times.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/base/spinlock.h"
#include "kernel/base/symbols.h"

/* Shorter than the patience with a stuck CPU (kernel/debug/cpu_watch.c): who waits knows more. */
#define PATIENCE_NS 4000000000ull

struct hold {
    const struct spinlock *lock; /* NULL: it is still waited for, or not held any more */
    vaddr_t taker;               /* return address in the function that takes it */
    j6_time_t since;
};

/* Only the owning CPU writes */
static PER_CPU(struct hold, holds[RANK_COUNT]);
static PER_CPU(uint32_t, held); /* a bit for each rank */
static PER_CPU(bool, must_not_wait);

static struct {
    vaddr_t outer; /* who took the one that was held */
    vaddr_t inner;
} edges[RANK_COUNT][RANK_COUNT];

/* Atomic: for each rank a bit for those from which an edge leads to it. Set after the edge. */
static _Atomic uint32_t taken_after[RANK_COUNT];

static const char *const names[RANK_COUNT] = {
#define LOCK_NAME(rank, name) [rank] = (name),
    LOCK_RANKS(LOCK_NAME)
#undef LOCK_NAME
};

const char *lock_rank_name(unsigned rank)
{
    return names[rank];
}

static struct hold *hold_of(unsigned rank)
{
    return &(*this_cpu(holds))[rank];
}

static unsigned bit_pop(uint32_t *mask)
{
    unsigned bit = (unsigned)__builtin_ctz(*mask);
    *mask &= *mask - 1;
    return bit;
}

/* Is there a way from one to the other? If so, next[] leads there, from each rank on it. */
static bool way_find(unsigned from, unsigned to, uint8_t next[RANK_COUNT])
{
    uint32_t found = 1u << to;
    uint32_t left = found;
    while (left != 0) {
        unsigned rank = bit_pop(&left);
        uint32_t before = atomic_load(&taken_after[rank]) & ~found;
        found |= before;
        left |= before;
        while (before != 0) {
            next[bit_pop(&before)] = (uint8_t)rank;
        }
    }
    return found >> from & 1;
}

static void edge_log(const char *when, unsigned outer, unsigned inner)
{
    log_error("locks   %s: %s in %s, then %s in %s", when, names[outer],
              symbol_name(edges[outer][inner].outer), names[inner],
              symbol_name(edges[outer][inner].inner));
}

static noreturn void order_violated(unsigned outer, unsigned inner, const uint8_t *next)
{
    for (unsigned rank = inner; rank != outer; rank = next[rank]) {
        edge_log("earlier", rank, next[rank]);
    }
    edge_log("now", outer, inner);
    panic("lock order: %s and %s are taken in either order", names[outer], names[inner]);
}

/*
 * The edge first, then the look for a way back: of two CPUs that close a circle at the same time at
 * least one sees the other's edge.
 */
static void order_note(unsigned outer, unsigned inner, vaddr_t taker)
{
    uint8_t next[RANK_COUNT];
    edges[outer][inner].outer = hold_of(outer)->taker;
    edges[outer][inner].inner = taker;
    atomic_fetch_or(&taken_after[inner], 1u << outer);
    if (way_find(inner, outer, next)) {
        order_violated(outer, inner, next);
    }
}

static void order_check(unsigned rank, vaddr_t taker)
{
    uint32_t others = *this_cpu(held) & ~(1u << rank);
    uint32_t fresh = others & ~atomic_load_explicit(&taken_after[rank], memory_order_relaxed);
    while (fresh != 0) {
        order_note(bit_pop(&fresh), rank, taker);
    }
}

static void rank_check(unsigned rank)
{
    uint32_t wrong = *this_cpu(held) >> rank << rank;
    if (wrong != 0) {
        unsigned other = bit_pop(&wrong);
        panic("lock rank: %s is taken while %s is held, by %s", names[rank], names[other],
              symbol_name(hold_of(other)->taker));
    }
}

void lock_check_take(const struct spinlock *lock)
{
    unsigned rank = lock->rank;
    vaddr_t taker = (vaddr_t)__builtin_return_address(0);
    assert(rank > RANK_MISSING && rank < RANK_COUNT);
    assert(!arch_interrupts_on());
    if (*this_cpu(must_not_wait)) {
        panic("lock of %s: %s would wait for it where nobody may wait", names[rank],
              symbol_name(taker));
    }
    order_check(rank, taker);
    rank_check(rank);
    *hold_of(rank) = (struct hold){.taker = taker};
    *this_cpu(held) |= 1u << rank;
}

void lock_check_taken(const struct spinlock *lock)
{
    struct hold *hold = hold_of(lock->rank);
    hold->since = clock_now();
    hold->lock = lock;
}

void lock_check_release(const struct spinlock *lock)
{
    struct hold *hold = hold_of(lock->rank);
    assert(hold->lock == lock && !arch_interrupts_on());
    hold->lock = NULL;
    *this_cpu(held) &= ~(1u << lock->rank);
    if (hold->since != 0) { /* else the clock didn't run yet */
        lock_times_note(lock->rank, hold->taker, clock_now() - hold->since);
    }
}

void lock_check_released(void)
{
    if (*this_cpu(held) == 0) {
        lock_times_warn();
    }
}

void lock_check_patience(const struct spinlock *lock, j6_time_t since)
{
    if (clock_now() - since < PATIENCE_NS) {
        return;
    }
    for (uint64_t left = cpus_online(); left != 0;) {
        uint32_t index = cpu_mask_pop(&left);
        const struct hold *hold = &(*cpu_of(cpu_block(index), holds))[lock->rank];
        if (hold->lock == lock) {
            panic("lock of %s: CPU %u waits in vain for CPU %u, which took it in %s",
                  names[lock->rank], cpu_index(), index, symbol_name(hold->taker));
        }
    }
    panic("lock of %s: CPU %u waits in vain, and nobody has it", names[lock->rank], cpu_index());
}

void lock_check_must_not_wait(void)
{
    *this_cpu(must_not_wait) = true;
}

void lock_check_may_wait(void)
{
    *this_cpu(must_not_wait) = false;
}

void lock_check_none_held(void)
{
    uint32_t wrong = *this_cpu(held);
    if (wrong != 0) {
        unsigned rank = bit_pop(&wrong);
        panic("lock of %s: still held where none may be, since %s", names[rank],
              symbol_name(hold_of(rank)->taker));
    }
}
