/* SPDX-License-Identifier: MIT */
/* Who owns which line, and what fires. */
#include "kernel/irq.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/base/log.h"
#include "lib/container.h"

#define SECOND_NS 1000000000ull

static struct {
    struct spinlock lock;
    /* Guarded by lock */
    struct list bound;
} lines = {.lock = SPINLOCK_INIT(RANK_IRQ_LIST), .bound = LIST_INITIALIZER(lines.bound)};

/* Who has the line; NULL: nobody. */
static struct irq_line *owner_locked(uint32_t gsi)
{
    struct irq_line *line;
    list_for_each_entry(line, &lines.bound, node) {
        if (line->wiring.gsi == gsi) {
            return line;
        }
    }
    return NULL;
}

/* Under the line's own lock, so that what fires at once finds all in place. */
static j6_status_t open_locked(struct irq_line *line)
{
    spinlock_lock(&line->lock);
    j6_status_t status = irq_route_open(&line->wiring, line->cpu, line, &line->route);
    spinlock_unlock(&line->lock);
    return status;
}

j6_status_t irq_bind(struct irq_line *line, uint32_t number, const struct irq_wiring *wiring,
                     void (*raise)(struct irq_line *line))
{
    line->number = number;
    line->wiring = *wiring;
    line->raise = raise;
    line->cpu = cpu_index();
    spinlock_init(&line->lock, RANK_IRQ);
    spinlock_lock(&lines.lock);
    j6_status_t status = owner_locked(wiring->gsi) != NULL ? j6_status_exists : open_locked(line);
    if (status == j6_status_ok) {
        list_push_back(&lines.bound, &line->node);
    }
    spinlock_unlock(&lines.lock);
    return status;
}

bool irq_unbind(struct irq_line *line)
{
    spinlock_lock(&lines.lock);
    bool bound = list_is_linked(&line->node);
    if (bound) {
        list_remove(&line->node);
        spinlock_lock(&line->lock);
        irq_route_close(line->route);
        line->route = NULL;
        spinlock_unlock(&line->lock);
    }
    spinlock_unlock(&lines.lock);
    return bound;
}

static void acknowledge(struct irq_line *line)
{
    spinlock_lock(&line->lock);
    line->burst = 0;
    if (line->masked) {
        line->masked = false;
        irq_route_unmask(line->route);
    }
    spinlock_unlock(&line->lock);
}

j6_status_t irq_ack(uint64_t number)
{
    struct irq_wiring wiring;
    j6_status_t status = irq_wiring_of(number, &wiring);
    if (status != j6_status_ok) {
        return status;
    }
    spinlock_lock(&lines.lock);
    struct irq_line *line = owner_locked(wiring.gsi);
    if (line != NULL) {
        acknowledge(line);
    }
    spinlock_unlock(&lines.lock);
    return line != NULL ? j6_status_ok : j6_err_not_found;
}

void irq_take(struct irq_line *line, uint32_t index, uint64_t *out_count, j6_time_t *out_first)
{
    spinlock_lock(&line->lock);
    *out_count = line->count;
    *out_first = line->first;
    line->count = 0;
    line->burst = 0;
    line->raised = false;
    if (line->cpu != index && line->route != NULL) {
        line->cpu = index;
        irq_route_move(line->route, index);
    }
    spinlock_unlock(&line->lock);
}

static bool storms_locked(struct irq_line *line, j6_time_t now)
{
    if (line->burst == 0 || now - line->burst_start >= SECOND_NS) {
        line->burst = 0;
        line->burst_start = now;
    }
    return ++line->burst > IRQ_STORM;
}

static void mask_locked(struct irq_line *line)
{
    line->masked = true;
    irq_route_mask(line->route);
}

static void count_locked(struct irq_line *line, j6_time_t now)
{
    if (line->count++ == 0) {
        line->first = now;
    }
    if (line->wiring.level) {
        mask_locked(line);
    } else if (!line->masked && storms_locked(line, now)) {
        mask_locked(line);
        log_warning("irq     line %u has fired more than %u times in a second, unheard: masked",
                    line->number, IRQ_STORM);
    }
}

bool upcall_irq(void *context)
{
    struct irq_line *line = context;
    spinlock_lock(&line->lock);
    bool bound = line->route != NULL;
    if (bound) {
        count_locked(line, clock_now());
    }
    bool raise = bound && !line->raised;
    line->raised |= raise;
    spinlock_unlock(&line->lock);
    if (raise) {
        line->raise(line);
    }
    return bound;
}
