/* SPDX-License-Identifier: MIT */
/*
 * One period runs at a time. Items that arrive while it runs wait for the next one, since a CPU may
 * have passed before they came. A CPU with something to report has CPU_PENDING_GRACE set, so a CPU
 * that never enters a period pays nothing.
 */
#include "kernel/base/grace.h"
#include "arch/cpu.h"
#include "kernel/base/spinlock.h"
#include <stddef.h>

static struct {
    struct spinlock lock;
    /* Guarded by lock */
    uint64_t waiting_for;       /* CPUs that have not passed in this period */
    struct grace_item *current; /* free after this period */
    struct grace_item *next;    /* free after the one that follows */
} grace = {.lock = SPINLOCK_INIT(RANK_GRACE)};

/* CPUs that run threads: the one that booted. */
static const uint64_t cpus_running = 1;

static void period_start_locked(void)
{
    grace.current = grace.next;
    grace.next = NULL;
    grace.waiting_for = cpus_running;
    this_cpu(cpu)->pending |= CPU_PENDING_GRACE;
}

void grace_defer(struct grace_item *item, void (*run)(struct grace_item *item))
{
    item->run = run;
    spinlock_lock(&grace.lock);
    item->next = grace.next;
    grace.next = item;
    if (grace.current == NULL) {
        period_start_locked();
    }
    spinlock_unlock(&grace.lock);
}

static void run_all(struct grace_item *item)
{
    while (item != NULL) {
        struct grace_item *next = item->next;
        item->run(item);
        item = next;
    }
}

void grace_pass(void)
{
    while (this_cpu(cpu)->pending & CPU_PENDING_GRACE) {
        struct grace_item *done = NULL;
        spinlock_lock(&grace.lock);
        this_cpu(cpu)->pending &= ~CPU_PENDING_GRACE;
        grace.waiting_for &= ~(1ull << cpu_index());
        if (grace.waiting_for == 0) {
            done = grace.current;
            grace.current = NULL;
            if (grace.next != NULL) {
                period_start_locked();
            }
        }
        spinlock_unlock(&grace.lock);
        run_all(done);
    }
}

bool grace_is_idle(void)
{
    spinlock_lock(&grace.lock);
    bool idle = grace.current == NULL && grace.next == NULL;
    spinlock_unlock(&grace.lock);
    return idle;
}
