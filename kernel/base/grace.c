/* SPDX-License-Identifier: MIT */
/*
 * One period runs at a time, for all CPUs. Each CPU has two lists of items: those that wait for a
 * period to end, and those that came since. The first list waits for the running period if that
 * began after the items came, else for the one that follows: a CPU may have passed before. A CPU that
 * has something to report or to free has CPU_PENDING_GRACE set, so who never enters a period pays
 * nothing; and the only CPU that runs needs none.
 */
#include "kernel/base/grace.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"
#include <stddef.h>

enum { STEP_ITEMS = 64 }; /* run before interrupts come in */

struct grace_cpu {
    /* Only the owning CPU */
    struct grace_item *waiting; /* free at the end of a period */
    struct grace_item *next;    /* came later */
    bool idle;
};

static PER_CPU(struct grace_cpu, grace_cpu);

static struct {
    struct spinlock lock;
    /* Guarded by lock: masks of CPUs */
    uint64_t running;     /* that may look at shared things */
    uint64_t waiting_for; /* of those, that have not passed in this period */
    uint64_t now;         /* whose items wait for the end of this period; 0: none runs */
    uint64_t later;       /* … of the one that follows */
    uint64_t over;        /* whose items' period has ended */
    uint64_t freeing;     /* that run their items */
    uint32_t starter;     /* the CPU that began this period: it reminds the others */
} grace = {.lock = SPINLOCK_INIT(RANK_GRACE), .running = 1};

static void period_start_locked(void)
{
    grace.now = grace.later;
    grace.later = 0;
    grace.starter = cpu_index();
    grace.waiting_for = grace.running;
    for (uint64_t left = grace.running; left != 0;) {
        cpu_pend_on(cpu_mask_pop(&left), CPU_PENDING_GRACE);
    }
}

/* An idle CPU must wake up to free its items, and one in user mode shouldn't keep them for long. */
static void period_end_locked(void)
{
    uint64_t others = grace.now & ~cpu_bit(cpu_index());
    grace.over |= grace.now;
    grace.now = 0;
    while (others != 0) {
        uint32_t index = cpu_mask_pop(&others);
        cpu_pend_on(index, CPU_PENDING_GRACE);
        cpu_kick(index);
    }
    if (grace.later != 0) {
        period_start_locked();
    }
}

/* Nobody waits for this CPU any more; with all CPUs idle, period after period ends at once. */
static inline void pass_locked(uint64_t own)
{
    grace.waiting_for &= ~own;
    while (grace.now != 0 && grace.waiting_for == 0) {
        period_end_locked();
    }
}

static inline void pending_update_locked(uint64_t own)
{
    if ((grace.waiting_for | grace.over) & own) {
        cpu_pend(CPU_PENDING_GRACE);
    } else {
        cpu_unpend(CPU_PENDING_GRACE);
    }
}

/* Does this CPU have to see to it that others pass? */
static bool must_remind_locked(void)
{
    return grace.now != 0 && grace.starter == cpu_index();
}

/*
 * What came since waits for a period now. While no other CPU runs that is over at once: items are run
 * only when this CPU passes itself.
 */
static void wait_for_period(struct grace_cpu *mine)
{
    uint64_t own = cpu_bit(cpu_index());
    mine->waiting = mine->next;
    mine->next = NULL;
    spinlock_lock(&grace.lock);
    if ((grace.running & ~own) == 0) {
        grace.over |= own;
        cpu_pend(CPU_PENDING_GRACE);
    } else {
        grace.later |= own;
        if (grace.now == 0) {
            period_start_locked();
        }
    }
    spinlock_unlock(&grace.lock);
}

void grace_defer(struct grace_item *item, void (*run)(struct grace_item *item))
{
    struct grace_cpu *mine = this_cpu(grace_cpu);
    item->run = run;
    item->next = mine->next;
    mine->next = item;
    if (mine->waiting == NULL) {
        wait_for_period(mine);
    }
}

/* There may be very many of them: a process that ends leaves one for each of its mappings. */
static void run_all(struct grace_item *item)
{
    for (unsigned n = 1; item != NULL; n++) {
        struct grace_item *next = item->next;
        item->run(item);
        item = next;
        if (n % STEP_ITEMS == 0) {
            arch_let_interrupts_in();
        }
    }
}

/* Their period is over. The list is taken first: an item may defer another. */
static inline void free_mine(struct grace_cpu *mine, uint64_t own)
{
    struct grace_item *done = mine->waiting;
    mine->waiting = NULL;
    if (mine->next != NULL) {
        wait_for_period(mine);
    }
    run_all(done);
    spinlock_lock(&grace.lock);
    grace.freeing &= ~own;
    spinlock_unlock(&grace.lock);
}

/* Reports, and frees what may be freed. Tells whether the others have to be reminded. */
static bool pass_once(struct grace_cpu *mine)
{
    uint64_t own = cpu_bit(cpu_index());
    spinlock_lock(&grace.lock);
    pass_locked(own);
    bool mine_over = grace.over & own;
    grace.over &= ~own;
    grace.freeing |= mine_over ? own : 0;
    pending_update_locked(own);
    bool remind = must_remind_locked();
    spinlock_unlock(&grace.lock);
    if (mine_over) {
        free_mine(mine, own);
    }
    return remind;
}

void grace_pass(void)
{
    bool remind = false;
    while (this_cpu(cpu)->pending & CPU_PENDING_GRACE) {
        remind = pass_once(this_cpu(grace_cpu));
    }
    if (remind) {
        grace_remind_later();
    }
}

void grace_report(void)
{
    uint64_t own = cpu_bit(cpu_index());
    spinlock_lock(&grace.lock);
    pass_locked(own);
    pending_update_locked(own);
    spinlock_unlock(&grace.lock);
}

void grace_idle_begin(void)
{
    uint64_t own = cpu_bit(cpu_index());
    spinlock_lock(&grace.lock);
    this_cpu(grace_cpu)->idle = true;
    grace.running &= ~own;
    pass_locked(own);
    pending_update_locked(own);
    bool remind = must_remind_locked();
    spinlock_unlock(&grace.lock);
    if (remind) {
        grace_remind_later();
    }
}

/* A period that began before doesn't wait for this CPU: what it frees can't be found any more. */
void grace_idle_end(void)
{
    if (this_cpu(grace_cpu)->idle) {
        this_cpu(grace_cpu)->idle = false;
        grace_add_cpu();
    }
}

void grace_add_cpu(void)
{
    spinlock_lock(&grace.lock);
    grace.running |= cpu_bit(cpu_index());
    spinlock_unlock(&grace.lock);
}

bool grace_is_idle(void)
{
    spinlock_lock(&grace.lock);
    bool idle = (grace.now | grace.later | grace.over | grace.freeing) == 0;
    spinlock_unlock(&grace.lock);
    return idle;
}

void grace_remind(void)
{
    spinlock_lock(&grace.lock);
    bool remind = must_remind_locked();
    uint64_t others = remind ? grace.waiting_for & ~cpu_bit(cpu_index()) : 0;
    spinlock_unlock(&grace.lock);
    while (others != 0) {
        cpu_kick(cpu_mask_pop(&others));
    }
    if (remind) {
        grace_remind_later();
    }
}
