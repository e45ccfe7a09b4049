/* SPDX-License-Identifier: MIT */
/*
 * Interrupt lines, by the PIT (Intel 8254 data sheet): its output stands at line 0. In mode 0 it falls when
 * a count is written, and rises and stays when that has run down: an edge, or a level, as one likes.
 */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "arch/x86_64/irq.h"
#include "arch/x86_64/trap.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/log.h"
#include "kernel/irq.h"
#include "kernel/test/tests.h"

enum { PIT_LINE = 0, PIT_COUNTER_0 = 0x40, PIT_MODE = 0x43 };
enum { PIT_COUNTER_0_MODE_0 = 0x30, PIT_SHORT = 100 /* 84 us */, PIT_LONG = 0xffff /* 55 ms */ };

#define PATIENCE_NS 1000000000ull /* what doesn't come by then doesn't come */
#define QUIET_NS    2000000ull    /* left to what must not come */
#define LOW_NS      50000000ull   /* so long the output stays low, at least */

static struct irq_line line;
static _Atomic uint32_t raised; /* how often */
static _Atomic uint32_t raised_on;

static void raise(struct irq_line *which)
{
    raised_on = cpu_index();
    raised += which == &line;
}

static void output_low_for(uint16_t count)
{
    x86_out8(PIT_MODE, PIT_COUNTER_0_MODE_0);
    x86_out8(PIT_COUNTER_0, (uint8_t)count);
    x86_out8(PIT_COUNTER_0, (uint8_t)(count >> 8));
}

/* The output is low then, until a test lets it rise: what the firmware has it do would count, too. */
static bool bind(bool level)
{
    struct irq_wiring wiring;
    line = (struct irq_line){0};
    raised = 0;
    if (irq_wiring_of(PIT_LINE, &wiring) != j6_status_ok) {
        return false;
    }
    wiring.level = level;
    output_low_for(PIT_LONG);
    return irq_bind(&line, PIT_LINE, &wiring, raise) == j6_status_ok;
}

static void output_rises(void)
{
    output_low_for(PIT_SHORT);
}

static void let_pass(j6_time_t ns)
{
    j6_time_t end = clock_now() + ns;
    while (clock_now() < end) {
        arch_let_interrupts_in();
    }
}

static uint64_t count_of(struct irq_line *of)
{
    spinlock_lock(&of->lock);
    uint64_t count = of->count;
    spinlock_unlock(&of->lock);
    return count;
}

/* Has the line fired so often since it was last taken, and no more often? */
static bool fires(uint64_t wanted)
{
    j6_time_t end = clock_now() + PATIENCE_NS;
    while (count_of(&line) < wanted && clock_now() < end) {
        arch_let_interrupts_in();
    }
    let_pass(QUIET_NS);
    return count_of(&line) == wanted;
}

bool self_test_lines_have_the_wiring_that_the_firmware_tells(void)
{
    struct irq_wiring timer, keyboard, other;
    bool right = irq_wiring_of(PIT_LINE, &timer) == j6_status_ok && !timer.level &&
                 !timer.active_low && irq_wiring_of(1, &keyboard) == j6_status_ok &&
                 !keyboard.level && keyboard.gsi == 1;
    /* The place of line 2 is free for line 0, since the second old controller hung there. */
    right = right && (timer.gsi != 2 || irq_wiring_of(2, &other) == j6_err_not_found);
    if (irq_wiring_of(16, &other) == j6_status_ok) {
        right = right && other.gsi == 16 && other.level && other.active_low;
    }
    return right && irq_wiring_of(1u << 16, &other) == j6_err_not_found &&
           irq_wiring_of(1ull << 32, &other) == j6_err_not_found &&
           irq_wiring_of(UINT64_MAX, &other) == j6_err_not_found;
}

bool self_test_an_edge_line_counts_what_nobody_takes(void)
{
    uint64_t count = 0;
    j6_time_t first = 0;
    j6_time_t before = clock_now();
    bool right = bind(false);
    for (uint64_t i = 1; right && i <= 3; i++) {
        output_rises();
        right = fires(i);
    }
    if (right) {
        irq_take(&line, cpu_index(), &count, &first);
        right = count == 3 && raised == 1 && first >= before && first < clock_now() - QUIET_NS;
        output_rises();
        right = right && fires(1) && raised == 2;
    }
    return irq_unbind(&line) && right;
}

/* An acknowledgement while the output is low brings nothing, if that wasn't for longer than it stays so. */
static bool is_quiet_while_low(void)
{
    uint64_t before = count_of(&line);
    j6_time_t start = clock_now();
    output_low_for(PIT_LONG);
    bool right = irq_ack(PIT_LINE) == j6_status_ok;
    let_pass(QUIET_NS);
    return right && (count_of(&line) == before || clock_now() - start >= LOW_NS);
}

/* While the output is high, each acknowledgement brings the next interrupt, and only that. */
bool self_test_a_level_line_stays_masked_until_it_is_acknowledged(void)
{
    bool right = bind(true);
    output_rises();
    right = right && fires(1) && irq_ack(PIT_LINE) == j6_status_ok && fires(2) && raised == 1;
    right = right && is_quiet_while_low();
    output_rises();
    right = right && fires(3);
    return irq_unbind(&line) && right;
}

bool self_test_a_line_has_one_owner_and_without_one_it_is_masked(void)
{
    static struct irq_line second;
    bool right = bind(false);
    second = (struct irq_line){0};
    right = right && irq_bind(&second, PIT_LINE, &line.wiring, raise) == j6_status_exists;
    right = irq_unbind(&line) && right && !irq_unbind(&line);
    output_rises();
    right = right && fires(0) && irq_ack(PIT_LINE) == j6_err_not_found && bind(false);
    output_rises();
    right = right && fires(1);
    return irq_unbind(&line) && right;
}

/* As if the line had fired; true if all of it was within a second, so that it counts as one burst. */
static bool fire_at_once(uint32_t times)
{
    j6_time_t start = clock_now();
    for (uint32_t i = 0; i < times; i++) {
        upcall_irq(&line);
    }
    return clock_now() - start < PATIENCE_NS;
}

/* Bursts with a pause, by irq_take, and without. */
static bool storms_as_it_should(void)
{
    uint64_t count;
    j6_time_t first;
    output_rises();
    bool right = fires(1);
    irq_take(&line, cpu_index(), &count, &first);
    fire_at_once(IRQ_STORM);
    right = right && !line.masked;
    irq_take(&line, cpu_index(), &count, &first);
    bool quick = fire_at_once(IRQ_STORM);
    right = right && count == IRQ_STORM && !line.masked;
    quick = fire_at_once(1) && quick;
    if (!quick) {
        log_info("irq     too slow here for a storm");
        return right;
    }
    right = right && line.masked;
    output_rises();
    right = right && fires(IRQ_STORM + 1) && irq_ack(PIT_LINE) == j6_status_ok && !line.masked;
    output_rises();
    return right && fires(IRQ_STORM + 2);
}

bool self_test_a_line_that_storms_is_masked_until_it_is_acknowledged(void)
{
    bool right = bind(false) && storms_as_it_should();
    return irq_unbind(&line) && right;
}

bool self_test_a_line_follows_who_takes_what_it_has_fired(void)
{
    uint64_t count;
    j6_time_t first;
    bool right = bind(false);
    for (uint64_t left = cpus_online(); right && left != 0;) {
        uint32_t index = cpu_mask_pop(&left);
        irq_take(&line, index, &count, &first);
        output_rises();
        right = fires(1) && raised_on == index;
    }
    return irq_unbind(&line) && right;
}

/* A vector without a line, as it comes when a line was just unbound. */
bool self_test_interrupts_that_are_nobodys_are_counted(void)
{
    uint64_t before = this_cpu(cpu_counts)->spurious;
    irq_route_fire(VECTOR_LINE_LAST);
    return this_cpu(cpu_counts)->spurious == before + 1;
}

bool self_test_lines_come_and_go_more_often_than_there_are_vectors(void)
{
    bool right = true;
    for (unsigned i = 0; right && i < 256; i++) {
        right = bind(false) && irq_unbind(&line);
    }
    right = right && bind(false);
    output_rises();
    right = right && fires(1);
    return irq_unbind(&line) && right;
}
