/* SPDX-License-Identifier: MIT */
/* The watch over stuck CPUs (cpu_watch.h). */
#include "kernel/debug/cpu_watch.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/base/panic.h"
#include "kernel/timer.h"

#define PERIOD_NS 1000000000ull

enum {
    WATCHERS = 2,
    PATIENCE = 6, /* looks without a sign of life */
};

struct pulse {
    /* Atomic: written by the owning CPU */
    _Atomic uint32_t interrupts; /* that it took */
    _Atomic bool idle;
};

/* What a watcher knows of another CPU. */
struct sight {
    uint32_t interrupts; /* at the last look */
    uint32_t looks;      /* since that last changed */
};

static PER_CPU(struct pulse, pulse);
static PER_CPU(struct timer, watch_timer);
static struct sight sights[WATCHERS][CPU_MAX]; /* only the watcher */

/* Who idles can't be stuck, and isn't woken for this: an interrupt would hide a wake-up that was lost. */
static void look_at(uint32_t index, struct sight *sight)
{
    const struct pulse *its = cpu_of(cpu_block(index), pulse);
    uint32_t interrupts = atomic_load(&its->interrupts);
    if (atomic_load(&its->idle) || interrupts != sight->interrupts) {
        *sight = (struct sight){.interrupts = interrupts};
    } else if (++sight->looks == PATIENCE) {
        panic("CPU %u is stuck: it has taken no interrupt for %u s", index, PATIENCE);
    }
    if (!atomic_load(&its->idle)) {
        cpu_kick(index);
    }
}

static void look(struct timer *timer, uint64_t round)
{
    (void)round;
    for (uint64_t left = cpus_online() & ~cpu_bit(cpu_index()); left != 0;) {
        uint32_t index = cpu_mask_pop(&left);
        look_at(index, &sights[cpu_index()][index]);
    }
    timer_arm(timer, clock_now() + PERIOD_NS, look);
}

void cpu_watch_start(void)
{
    if (cpu_index() < WATCHERS) {
        timer_arm(this_cpu(watch_timer), clock_now() + PERIOD_NS, look);
    }
}

void upcall_watch_interrupt(void)
{
    atomic_store(&this_cpu(pulse)->idle, false);
    atomic_fetch_add(&this_cpu(pulse)->interrupts, 1);
}

void upcall_watch_idle(bool idle)
{
    atomic_store(&this_cpu(pulse)->idle, idle);
}
