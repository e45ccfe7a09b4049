/* SPDX-License-Identifier: MIT */
/* Bugs on request that only the debug kernel notices: with locks, and CPUs that never come back. */
#include "arch/arch.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "kernel/base/spinlock.h"
#include "kernel/cpu_call.h"
#include "kernel/test/tests.h"
#include "lib/string.h"
#include "mm/user_copy.h"

#define LONG_HOLD_NS 2000000ull

static struct spinlock first_lock = SPINLOCK_INIT(RANK_PROCESS_LIST);
static struct spinlock second_lock = SPINLOCK_INIT(RANK_RANDOM);
static struct spinlock third_lock = SPINLOCK_INIT(RANK_PHYSICAL);

static void spin_for_ever(void *context)
{
    (void)context;
    for (;;) {
        arch_pause();
    }
}

/* The first CPU waits for it, and takes interrupts. */
static void bug_stuck(void)
{
    cpu_call(cpu_bit(1), spin_for_ever, NULL);
}

/* It is one of those that watch. */
static void bug_stuck_first(void)
{
    spin_for_ever(NULL);
}

/* The second lock without a word to the checks of order, which would find this at once. */
static void deadlock(void *context)
{
    _Atomic uint64_t *ready = context;
    bool one = cpu_index() == 1;
    spinlock_lock(one ? &first_lock : &second_lock);
    atomic_fetch_or(ready, cpu_bit(cpu_index()));
    while (atomic_load(ready) != (cpu_bit(1) | cpu_bit(2))) {
        arch_pause();
    }
    spinlock_wait(one ? &second_lock : &first_lock);
}

static void bug_deadlock(void)
{
    _Atomic uint64_t ready = 0;
    cpu_call(cpu_bit(1) | cpu_bit(2), deadlock, &ready);
}

static void take_both(struct spinlock *outer, struct spinlock *inner)
{
    spinlock_lock(outer);
    spinlock_lock(inner);
    spinlock_unlock(inner);
    spinlock_unlock(outer);
}

/* The circle closes by way of a third one. */
static void bug_lock_order(void)
{
    take_both(&first_lock, &second_lock);
    take_both(&second_lock, &third_lock);
    take_both(&third_lock, &first_lock);
}

/* Nobody has taken these the other way round. */
static void bug_lock_rank(void)
{
    take_both(&third_lock, &second_lock);
}

static void bug_lock_twice(void)
{
    take_both(&first_lock, &first_lock);
}

static void bug_lock_uninitialised(void)
{
    struct spinlock lock = {.held = 0};
    take_both(&lock, &first_lock);
}

static void bug_lock_wait(void)
{
    lock_check_must_not_wait();
    spinlock_lock(&first_lock);
}

static void bug_lock_leave(void)
{
    spinlock_lock(&first_lock);
    kernel_leave();
}

static void bug_lock_step(void)
{
    spinlock_lock(&first_lock);
    kernel_step_point();
}

static void bug_lock_idle(void)
{
    spinlock_lock(&first_lock);
    arch_idle();
}

static void bug_lock_interrupts(void)
{
    spinlock_lock(&first_lock);
    arch_let_interrupts_in();
}

static void bug_lock_shootdown(void)
{
    spinlock_lock(&first_lock);
    tlb_shootdown(cpus_online(), &(vaddr_t){BUFFERS_BASE}, 1);
}

static void bug_lock_call(void)
{
    spinlock_lock(&first_lock);
    cpu_call(cpus_online(), spin_for_ever, NULL);
}

static void bug_lock_copy(void)
{
    char byte;
    spinlock_lock(&first_lock);
    j6_status_t status = user_copy_in(&byte, (struct user_ptr){USER_START}, 1);
    assert(status == j6_status_ok);
}

/* Not a panic: the log tells. */
static void bug_lock_long(void)
{
    spinlock_lock(&first_lock);
    for (j6_time_t end = clock_now() + LONG_HOLD_NS; clock_now() < end;) {
        arch_pause();
    }
    spinlock_unlock(&first_lock);
}

const struct kernel_bug lock_bugs[] = {
    {"stuck", bug_stuck},
    {"stuck_first", bug_stuck_first},
    {"deadlock", bug_deadlock},
    {"lock_order", bug_lock_order},
    {"lock_rank", bug_lock_rank},
    {"lock_twice", bug_lock_twice},
    {"lock_uninitialised", bug_lock_uninitialised},
    {"lock_wait", bug_lock_wait},
    {"lock_leave", bug_lock_leave},
    {"lock_step", bug_lock_step},
    {"lock_idle", bug_lock_idle},
    {"lock_interrupts", bug_lock_interrupts},
    {"lock_shootdown", bug_lock_shootdown},
    {"lock_call", bug_lock_call},
    {"lock_copy", bug_lock_copy},
    {"lock_long", bug_lock_long},
    {NULL, NULL},
};
