/* SPDX-License-Identifier: MIT */
/*
 * Does a CPU's TSC tell what that of CPU 0 tells? The two exchange time stamps through memory:
 *
 *     this CPU   reads its TSC (before), asks ... sees the answer, reads its TSC (after)
 *     CPU 0                                   reads its TSC, answers
 *
 * So what must be added to this CPU's TSC to get that of CPU 0 lies between answer - after and
 * answer - before, in each round, and hence between the largest of the one and the smallest of the
 * other. If 0 does too, no two programs on both CPUs can tell the TSCs apart: it would take a
 * message that is quicker than the quickest round. If not, the CPU's register TSC_ADJUST takes the
 * difference (Intel SDM vol. 3, §18.17.3). Where there is none, the kernel adds it whenever it
 * reads the TSC, and programs have to ask the kernel.
 *
 * CPUs come one at a time, and those that wait sleep: an emulator may have fewer CPUs than it
 * shows, and none to spare for the two that spin. CPU 0 gives each little time: if it isn't enough
 * it is called again.
 */
#include "arch/arch.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/smp.h"
#include "arch/x86_64/trap.h"
#include "kernel/base/log.h"
#include <stdatomic.h>

enum {
    ROUNDS = 32,
    ADJUST_TRIES = 2,
    CLOSE_TRIES = 100,
    CLOSE_TURNS = 100, /* spins before the first PAUSE, which may take longer than an answer */
};

#define LOOK_NS       200000ull  /* after so long no further round begins … */
#define MEASURE_NS    5000000ull /* … nor of those by which a TSC is put right */
#define ANSWER_NS     100000ull  /* how long CPU 0 takes part */
#define CLOSE_NS      20000ull   /* as closely a TSC is to be known that is put right */
#define CALL_AGAIN_NS 1000000ull /* how long an answer is waited for */

/* Atomic */
static _Atomic uint64_t waiting; /* CPUs that sleep until it is their turn */
static _Atomic bool taken;       /* it is somebody's turn */
static _Atomic bool open;        /* CPU 0 is to take part */
static _Atomic uint64_t asked;   /* the number of a round … */
static _Atomic uint64_t answered;
/* Written by CPU 0, before `answered` */
static uint64_t answer;

/* Written at boot */
static uint64_t skew;

/* What lies between: the bounds of what is to be added to this CPU's TSC. */
struct bounds {
    int64_t low;
    int64_t high;
};

static bool has_passed(uint64_t start, uint64_t ns)
{
    return x86_rdtsc() - start > clock_ticks(ns);
}

static void spin(uint32_t turn)
{
    if (turn >= CLOSE_TURNS) {
        arch_pause();
    }
}

/* Acquire and release pair up with those in ask. */
void clock_check_answer(void)
{
    uint64_t start = x86_rdtsc();
    uint64_t last = atomic_load_explicit(&answered, memory_order_relaxed);
    uint32_t turn = 0;
    while (atomic_load_explicit(&open, memory_order_relaxed) && !has_passed(start, ANSWER_NS)) {
        uint64_t round = atomic_load_explicit(&asked, memory_order_acquire);
        if (round != last) {
            answer = x86_rdtsc_ordered();
            atomic_store_explicit(&answered, round, memory_order_release);
            last = round;
            turn = 0;
        }
        spin(turn++);
    }
}

/* One round narrows the bounds. */
static void ask(struct bounds *bounds)
{
    uint64_t round = atomic_load_explicit(&asked, memory_order_relaxed) + 1;
    uint64_t called = x86_rdtsc();
    uint64_t before = clock_tsc();
    atomic_store_explicit(&asked, round, memory_order_release);
    for (uint32_t turn = 0; atomic_load_explicit(&answered, memory_order_acquire) != round;
         turn++) {
        if (has_passed(called, CALL_AGAIN_NS)) {
            smp_interrupt(0, VECTOR_CLOCK);
            called = x86_rdtsc();
        }
        spin(turn);
    }
    int64_t low = (int64_t)(answer - clock_tsc());
    int64_t high = (int64_t)(answer - before);
    bounds->low = low > bounds->low ? low : bounds->low;
    bounds->high = high < bounds->high ? high : bounds->high;
}

/* The first round waits for CPU 0, which may be busy with interrupts off; the others are quick. */
static struct bounds measure(uint64_t ns)
{
    struct bounds bounds = {INT64_MIN, INT64_MAX};
    atomic_store(&open, true);
    smp_interrupt(0, VECTOR_CLOCK);
    ask(&bounds);
    uint64_t start = x86_rdtsc();
    for (uint32_t round = 1; round < ROUNDS && !has_passed(start, ns); round++) {
        ask(&bounds);
    }
    atomic_store(&open, false);
    return bounds;
}

/* A CPU of an emulator may stand still for all of a measurement: then again. */
static struct bounds measure_closely(void)
{
    struct bounds bounds = measure(MEASURE_NS);
    for (unsigned i = 1;
         i < CLOSE_TRIES && bounds.high - bounds.low > (int64_t)clock_ticks(CLOSE_NS); i++) {
        struct bounds more = measure(MEASURE_NS);
        bounds.low = more.low > bounds.low ? more.low : bounds.low;
        bounds.high = more.high < bounds.high ? more.high : bounds.high;
    }
    return bounds;
}

static bool is_alike(const struct bounds *bounds)
{
    return bounds->low <= 0 && 0 <= bounds->high;
}

static uint64_t middle(const struct bounds *bounds)
{
    return (uint64_t)(bounds->low + (bounds->high - bounds->low) / 2);
}

/* Who comes while another's turn ends sees that, or is seen by the other, and kicked. */
static void turn_begin(void)
{
    atomic_fetch_or(&waiting, cpu_bit(cpu_index()));
    while (atomic_exchange(&taken, true)) {
        arch_idle();
    }
    atomic_fetch_and(&waiting, ~cpu_bit(cpu_index()));
}

static void turn_end(void)
{
    atomic_store(&taken, false);
    uint64_t left = atomic_load(&waiting);
    if (left != 0) {
        smp_interrupt(cpu_mask_pop(&left), VECTOR_KICK);
    }
}

static void skew_as_asked(void)
{
    if (cpu_features.tsc_adjust) {
        x86_wrmsr(MSR_TSC_ADJUST, x86_rdmsr(MSR_TSC_ADJUST) + cpu_index() * skew);
    } else {
        *this_cpu(clock_tsc_offset) = cpu_index() * skew;
    }
}

/* With `high` this CPU isn't behind CPU 0, not even behind what that has been told before. */
static void correct(void)
{
    struct bounds bounds = measure_closely();
    int64_t ahead = -(int64_t)middle(&bounds);
    for (unsigned i = 0; i < ADJUST_TRIES && cpu_features.tsc_adjust && !is_alike(&bounds); i++) {
        x86_wrmsr(MSR_TSC_ADJUST, x86_rdmsr(MSR_TSC_ADJUST) + middle(&bounds));
        bounds = measure_closely();
    }
    if (!is_alike(&bounds)) {
        *this_cpu(clock_tsc_offset) += (uint64_t)bounds.high;
        clock_set_trusted(false);
    }
    log_warning("clock: the TSC of CPU %u is %ld ticks ahead: %s", cpu_index(), ahead,
                is_alike(&bounds) ? "adjusted" : "programs make calls");
}

void clock_check(void)
{
    turn_begin();
    if (skew != 0) {
        skew_as_asked();
    }
    struct bounds bounds = measure(LOOK_NS);
    if (!is_alike(&bounds)) {
        correct();
    }
    turn_end();
}

void clock_check_skew(uint64_t ticks)
{
    skew = ticks;
}
