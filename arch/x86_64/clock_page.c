/* SPDX-License-Identifier: MIT */
/*
 * The clock page. Reading takes no lock, waits for nobody and goes on in an NMI that interrupts a
 * change, so the log and a panic may do it anywhere.
 */
#include "arch/x86_64/clock.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"

/*
 * Who takes the sequence before a change and the TSC after it tells the time by the old scale.
 * Another who has read the new one meanwhile must not have been told more than he: for so long
 * after the change the new scale is ahead of the old one.
 */
#define OVERLAP_NS 10000000ull

enum { FRACTION_BITS = 32 };

union clock_frame clock_frame __attribute__((aligned(PAGE_SIZE)));

static struct j6_clock_page *const page = &clock_frame.page;

PER_CPU(uint64_t, clock_tsc_offset);

static struct spinlock change_lock = SPINLOCK_INIT(RANK_CLOCK);

/* The latest time that any CPU was told, while the TSC isn't trusted. Atomic */
static _Atomic j6_time_t latest;

/* Relaxed: it orders nothing but itself. */
static j6_time_t never_back(j6_time_t now)
{
    j6_time_t last = atomic_load_explicit(&latest, memory_order_relaxed);
    while (last < now && !atomic_compare_exchange_weak_explicit(
                             &latest, &last, now, memory_order_relaxed, memory_order_relaxed)) {}
    return last < now ? now : last;
}

/* Acquire; partner: the release in change_end. What is read between both looks is of one change. */
j6_time_t clock_now(void)
{
    uint32_t sequence;
    uint32_t trusted;
    j6_time_t now;
    do {
        sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
        const struct j6_clock_scale *scale = &page->scale[sequence & 1];
        trusted = scale->trusted;
        now = j6_clock_time(scale, clock_tsc());
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (__atomic_load_n(&page->sequence, __ATOMIC_RELAXED) != sequence);
    return trusted ? now : never_back(now);
}

/* The scale may change meanwhile: by so little that nobody minds. */
uint64_t arch_ticks_ns(uint64_t ticks)
{
    const struct j6_clock_scale *scale =
        &page->scale[__atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE) & 1];
    return (uint64_t)((unsigned __int128)ticks * scale->ns_per_tick >> 32);
}

/* The scale that nobody reads, made like the other: to be changed. Takes the lock. */
static struct j6_clock_scale *change_begin(void)
{
    spinlock_lock(&change_lock);
    struct j6_clock_scale *scale = &page->scale[~page->sequence & 1];
    *scale = page->scale[page->sequence & 1];
    return scale;
}

/* From here on it counts. */
static void change_end(void)
{
    __atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_RELEASE);
    spinlock_unlock(&change_lock);
}

/* Lets the scale tell the time `ns` at that TSC. */
static void set_rate_at(struct j6_clock_scale *scale, uint64_t ns_per_tick, uint64_t tsc,
                        uint64_t ns)
{
    scale->ns_per_tick = ns_per_tick;
    scale->ns = 0;
    scale->ns = ns - j6_clock_time(scale, tsc);
}

void clock_begin(uint64_t entry_tsc, uint64_t ns_per_tick)
{
    struct j6_clock_scale *scale = change_begin();
    page->entry_tsc = entry_tsc;
    set_rate_at(scale, ns_per_tick, entry_tsc, 0);
    change_end();
}

/* Both scales tell the same at one moment: now, or later if the new one is the slower. */
void clock_set_rate(uint64_t ns_per_tick)
{
    struct j6_clock_scale *scale = change_begin();
    uint64_t same = clock_tsc();
    if (ns_per_tick < scale->ns_per_tick) {
        same += (OVERLAP_NS << FRACTION_BITS) / ns_per_tick;
    }
    set_rate_at(scale, ns_per_tick, same, j6_clock_time(scale, same) + 1); /* 1: for rounding */
    change_end();
}

void clock_set_trusted(bool trusted)
{
    struct j6_clock_scale *scale = change_begin();
    scale->trusted = trusted;
    change_end();
}

void clock_set_boot_time(j6_time_t boot_time)
{
    struct j6_clock_scale *scale = change_begin();
    scale->boot_time = boot_time;
    change_end();
}

void clock_count_cpu(void)
{
    __atomic_fetch_add(&page->cpu_count, 1, __ATOMIC_RELAXED);
}
