/* SPDX-License-Identifier: MIT */
/*
 * Interrupt lines that have an owner. What fires before the owner takes it merges into a count and the
 * time of the first.
 *
 *   level   masked from the moment that it fires until it is acknowledged: till then the device keeps it up
 *   edge    never masked, unless it fires too often: then it is masked as well, and the log says so
 *
 * Rules: a line is part of what its owner has: zeroed before it is bound, and there for a grace period
 * after it was unbound. `raise` is called in the interrupt, with nothing held, and then not again before
 * irq_take; maybe once more after the line was unbound. No lock of a rank from RANK_IRQ_LIST on may be
 * held.
 */
#pragma once
#include "arch/irq.h"
#include "kernel/base/spinlock.h"
#include "lib/list.h"
#include <j6/types.h>

/* More of them in a second, with neither irq_ack nor irq_take, is too often. */
enum { IRQ_STORM = 10000 };

struct irq_line {
    /* Immutable while bound */
    uint32_t number;
    struct irq_wiring wiring;
    void (*raise)(struct irq_line *line);
    /* Guarded by the lock of the list */
    struct list_node node;
    /* Guarded by lock */
    struct spinlock lock;
    struct irq_route *route; /* NULL: it isn't bound */
    uint32_t cpu;            /* that it interrupts */
    bool masked;             /* until irq_ack */
    bool raised;             /* since irq_take */
    uint64_t count;          /* how often it has fired since then … */
    j6_time_t first;         /* … and when first */
    uint64_t burst;          /* how often since `burst_start`, which is at most a second ago */
    j6_time_t burst_start;
};

/*
 * Binds the line with that number, which is wired like that; it interrupts this CPU at first. exists:
 * it has an owner. no_memory: no vectors are left.
 */
j6_status_t irq_bind(struct irq_line *line, uint32_t number, const struct irq_wiring *wiring,
                     void (*raise)(struct irq_line *line)) J6_MUST_USE;

/* It is masked again, and nobody's. False: it was unbound before. */
bool irq_unbind(struct irq_line *line);

/* Unmasks the line with that number. not_found: nobody has bound it. */
j6_status_t irq_ack(uint64_t number) J6_MUST_USE;

/*
 * How often it has fired since the last time, and when first. From now on it interrupts the CPU with that
 * index: where who takes it runs.
 */
void irq_take(struct irq_line *line, uint32_t index, uint64_t *out_count, j6_time_t *out_first);
