/* SPDX-License-Identifier: MIT */
/*
 * Lines of I/O APICs and their vectors: one for each line that has a route, the same on all CPUs. A
 * vector that was given up is used again as late as possible: an interrupt that was under way is nobody's
 * then, not somebody else's.
 */
#include "arch/irq.h"
#include "arch/cpu.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/ioapic.h"
#include "arch/x86_64/irq.h"
#include "arch/x86_64/trap.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/grace.h"
#include "kernel/base/spinlock.h"

enum { OLD_LINES = 16, ROUTES = VECTOR_LINE_LAST - VECTOR_LINE_FIRST + 1 };

struct irq_route {
    /* NULL: the vector is free. Set under routes_lock, read without it */
    void *_Atomic context;
    /* Guarded by whoever owns the route */
    uint32_t gsi;
    uint32_t low; /* what the line's register says unless it is masked */
};

static struct irq_route routes[ROUTES]; /* by vector */
static struct spinlock routes_lock = SPINLOCK_INIT(RANK_IRQ_ROUTES);
static uint32_t next_route; /* guarded by routes_lock: where to look first for a free one */

static const struct acpi_info *machine; /* immutable after boot */

void irq_init(const struct acpi_info *acpi)
{
    machine = acpi;
}

static const struct acpi_override *override_of(uint32_t old_line)
{
    for (uint32_t i = 0; i < machine->override_count; i++) {
        if (machine->overrides[i].isa_irq == old_line) {
            return &machine->overrides[i];
        }
    }
    return NULL;
}

static const struct acpi_override *override_to(uint32_t gsi)
{
    for (uint32_t i = 0; i < machine->override_count; i++) {
        if (machine->overrides[i].gsi == gsi) {
            return &machine->overrides[i];
        }
    }
    return NULL;
}

static bool is_nmi(uint32_t gsi)
{
    bool found = false;
    for (uint32_t i = 0; i < machine->nmi_count; i++) {
        found |= machine->nmis[i].gsi == gsi;
    }
    return found;
}

/* An old line whose place another one has been given to leads nowhere. */
j6_status_t irq_wiring_of(uint64_t number, struct irq_wiring *out_wiring)
{
    if (number > IRQ_NUMBER_MAX) {
        return j6_err_not_found;
    }
    uint32_t line = (uint32_t)number;
    bool old = line < OLD_LINES;
    struct irq_wiring wiring = {.gsi = line, .level = !old, .active_low = !old};
    const struct acpi_override *override = old ? override_of(line) : override_to(line);
    if (override != NULL) {
        wiring = (struct irq_wiring){override->gsi, override->trigger.level,
                                     override->trigger.active_low};
    }
    bool replaced = override == NULL && override_to(wiring.gsi) != NULL;
    if (replaced || is_nmi(wiring.gsi) || !ioapic_has(wiring.gsi)) {
        return j6_err_not_found;
    }
    *out_wiring = wiring;
    return j6_status_ok;
}

/* The next free one; NULL: none is. */
static struct irq_route *route_take(void *context)
{
    struct irq_route *found = NULL;
    spinlock_lock(&routes_lock);
    for (uint32_t i = 0; i < ROUTES && found == NULL; i++) {
        struct irq_route *route = &routes[(next_route + i) % ROUTES];
        if (atomic_load_explicit(&route->context, memory_order_relaxed) == NULL) {
            found = route;
            atomic_store_explicit(&route->context, context, memory_order_release);
            next_route = (uint32_t)(route - routes) + 1;
        }
    }
    spinlock_unlock(&routes_lock);
    return found;
}

j6_status_t irq_route_open(const struct irq_wiring *wiring, uint32_t index, void *context,
                           struct irq_route **out_route)
{
    struct irq_route *route = route_take(context);
    if (route == NULL) {
        return j6_err_no_memory;
    }
    route->gsi = wiring->gsi;
    route->low = (VECTOR_LINE_FIRST + (uint32_t)(route - routes)) |
                 (wiring->level ? IOAPIC_LEVEL : 0) | (wiring->active_low ? IOAPIC_ACTIVE_LOW : 0);
    ioapic_send_to(route->gsi, cpu_of(cpu_block(0), cpu)->apic_id);
    irq_route_move(route, index);
    *out_route = route;
    irq_route_unmask(route);
    return j6_status_ok;
}

void irq_route_close(struct irq_route *route)
{
    irq_route_mask(route);
    atomic_store_explicit(&route->context, NULL, memory_order_release);
}

void irq_route_mask(struct irq_route *route)
{
    ioapic_set(route->gsi, route->low | IOAPIC_MASKED);
}

void irq_route_unmask(struct irq_route *route)
{
    ioapic_set(route->gsi, route->low);
}

void irq_route_move(struct irq_route *route, uint32_t index)
{
    uint32_t apic_id = cpu_of(cpu_block(index), cpu)->apic_id;
    if (apic_id <= IOAPIC_APIC_ID_MAX) {
        ioapic_send_to(route->gsi, apic_id);
    }
}

/* An idle CPU says that it looks at shared things before it reads the context. */
void irq_route_fire(uint64_t vector)
{
    grace_idle_end();
    struct irq_route *route = &routes[vector - VECTOR_LINE_FIRST];
    void *context = atomic_load_explicit(&route->context, memory_order_acquire);
    if (context == NULL || !upcall_irq(context)) {
        cpu_count(spurious);
    }
}
