/* SPDX-License-Identifier: MIT */
/* The clock, read off the page that the kernel maps in every process. */
#include "userland/lib/clock.h"
#include <j6/j6.h>

static const struct j6_clock_page nothing;
static const struct j6_clock_page *page = &nothing;

void clock_page_set(const struct j6_clock_page *new_page)
{
    page = new_page != NULL ? new_page : &nothing;
}

const struct j6_clock_page *j6_clock_page(void)
{
    return page;
}

/* The TSC when all loads before it have been done. */
static uint64_t tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

/* The steps are those of <j6/clock.h>. */
j6_status_t j6_clock(j6_time_t *ns)
{
    const struct j6_clock_page *from = page;
    uint32_t sequence;
    j6_time_t now;
    do {
        sequence = __atomic_load_n(&from->sequence, __ATOMIC_ACQUIRE);
        const struct j6_clock_scale *scale = &from->scale[sequence & 1];
        if (__builtin_expect(!scale->trusted, false)) {
            return j6_clock_call(ns);
        }
        now = j6_clock_time(scale, tsc());
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (__atomic_load_n(&from->sequence, __ATOMIC_RELAXED) != sequence);
    *ns = now;
    return j6_status_ok;
}

j6_status_t j6_time_of_day(j6_time_t *ns)
{
    uint32_t sequence;
    j6_time_t boot_time;
    do {
        sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
        boot_time = page->scale[sequence & 1].boot_time;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (__atomic_load_n(&page->sequence, __ATOMIC_RELAXED) != sequence);
    j6_time_t now;
    j6_status_t status = boot_time != 0 ? j6_clock(&now) : j6_err_not_ready;
    if (status == j6_status_ok) {
        *ns = boot_time + now;
    }
    return status;
}
