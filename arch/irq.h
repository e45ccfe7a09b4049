/* SPDX-License-Identifier: MIT */
/*
 * Interrupt lines of devices, and their ways to a CPU.
 *
 * A line's number: below 16 that of the PC's old interrupt controllers, wherever the firmware has wired it
 * to; else the global system interrupt of ACPI. How it is triggered is the firmware's word; where it has
 * none: edges on the old lines, levels on all others (ACPI 6.4, 5.2.12.5).
 *
 * Rules: all lines are masked until they have a route. A route's calls are serialised by its owner; any
 * lock may be held, and interrupts are off. An interrupt that is under way when a route is masked or
 * closed still arrives.
 */
#pragma once
#include <j6/status.h>
#include <stdbool.h>
#include <stdint.h>

enum { IRQ_NUMBER_MAX = 0xffff };

struct irq_wiring {
    uint32_t gsi; /* two numbers may mean the same line; this tells */
    bool level;
    bool active_low;
};

struct irq_route;

/* How the line with that number is wired. not_found: there is none. */
j6_status_t irq_wiring_of(uint64_t number, struct irq_wiring *out_wiring) J6_MUST_USE;

/*
 * From now on the line, which has no route, interrupts the CPU with that index, or another one if that
 * can't be: see upcall_irq. no_memory: there are no more vectors.
 */
j6_status_t irq_route_open(const struct irq_wiring *wiring, uint32_t index, void *context,
                           struct irq_route **out_route) J6_MUST_USE;

/* Masks the line and gives the route up. */
void irq_route_close(struct irq_route *route);

/* A level that is still there when the line is unmasked interrupts; an edge while it is masked is lost. */
void irq_route_mask(struct irq_route *route);
void irq_route_unmask(struct irq_route *route);

/* The line interrupts the CPU with that index from now on, unless that can't be. */
void irq_route_move(struct irq_route *route, uint32_t index);
