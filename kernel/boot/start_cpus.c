/* SPDX-License-Identifier: MIT */
/*
 * Who is started, and what becomes of those that don't answer. Boot goes on meanwhile:
 *
 *   at once         memory for each CPU; INIT and SIPI to each
 *   200 us later    a second SIPI, as Intel wants it (SDM vol. 3, section 8.4.4)
 *   every second    are there fewer than there should be, and none more than a second ago? Then those
 *                   that are missing are left out
 *
 * CPUs take their numbers themselves, in the order in which they come (arch/x86_64/smp.h). The memory of
 * a number that nobody took stays unused, so a CPU that wakes up too late can't do harm: it finds no
 * number, and stops.
 */
#include "kernel/boot/start_cpus.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/smp.h"
#include "kernel/base/assert.h"
#include "kernel/base/grace.h"
#include "kernel/base/log.h"
#include "kernel/boot/cpu_stacks.h"
#include "kernel/boot/memory.h"
#include "kernel/debug/cpu_watch.h"
#include "kernel/sched.h"
#include "kernel/timer.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/guarded.h"

#define SECOND_SIPI_NS 200000ull
#define PATIENCE_NS    1000000000ull

/* bug=tsc_skew: how many ticks the CPUs' clocks are apart. */
#define SKEW (1ull << 30)

static struct {
    /* Only the CPU that boots */
    uint32_t ids[CPU_MAX]; /* of those that are to start */
    uint32_t count;
    uint32_t seen; /* how many CPUs ran at the last look */
    uint32_t late; /* bug=late_cpu: the last of them starts when it was given up */
    struct timer timer;
    /* Atomic */
    _Atomic uint32_t expected; /* CPUs, with the one that boots */
    _Atomic bool announced;
    _Atomic bool complete;
} start;

static uint32_t running(void)
{
    return cpu_mask_count(cpus_online());
}

/* All that will come have come: whoever sees it first says so, before boot may go on. */
static void complete_if_all(void)
{
    if (running() == atomic_load(&start.expected) && !atomic_exchange(&start.announced, true)) {
        log_info("cpus    %u %s", running(), running() == 1 ? "runs" : "run");
        atomic_store(&start.complete, true);
    }
}

void upcall_cpu_started(void)
{
    sched_init();
    timers_init();
    grace_add_cpu();
    cpu_set_online();
    if (KERNEL_DEBUG) {
        cpu_watch_start();
    }
    assert(running() <= atomic_load(&start.expected));
    complete_if_all();
    kernel_leave();
}

static bool is_online(uint32_t apic_id)
{
    for (uint64_t left = cpus_online(); left != 0;) {
        if (cpu_of(cpu_block(cpu_mask_pop(&left)), cpu)->apic_id == apic_id) {
            return true;
        }
    }
    return false;
}

/* To all of them but the last `except`. */
static void send_start(uint32_t except)
{
    for (uint32_t i = 0; i < start.count - except; i++) {
        if (!is_online(start.ids[i])) {
            smp_send_start(start.ids[i]);
        }
    }
}

/* Those that have taken a number come yet; nobody takes one any more. */
static void leave_out_missing(void)
{
    for (uint32_t i = 0; i < start.count; i++) {
        if (!is_online(start.ids[i])) {
            log_warning("cpus: the CPU with id %u doesn't answer: left out", start.ids[i]);
        }
    }
    atomic_store(&start.expected, smp_withdraw());
    complete_if_all();
    if (start.late != 0) {
        send_start(0);
    }
}

static void look(struct timer *timer, uint64_t round)
{
    (void)round;
    uint32_t now = running();
    if (atomic_load(&start.complete)) {
        return;
    }
    if (now > start.seen) {
        start.seen = now;
        timer_arm(timer, clock_now() + PATIENCE_NS, look);
    } else {
        leave_out_missing();
    }
}

static void start_again(struct timer *timer, uint64_t round)
{
    (void)round;
    send_start(start.late);
    timer_arm(timer, clock_now() + PATIENCE_NS, look);
}

/* A block and stacks for CPU `index`. */
static bool memory_make(uint32_t index)
{
    vaddr_t block;
    if (guarded_alloc(&kernel_cpu_blocks, &block) != j6_status_ok) {
        return false;
    }
    if (!cpu_stacks_give((void *)block)) {
        guarded_free(&kernel_cpu_blocks, block);
        return false;
    }
    cpu_of(block, cpu)->block = (void *)block;
    cpu_of(block, cpu)->index = index;
    cpu_blocks[index] = (void *)block;
    return true;
}

/* smp=N, at least 1; without it, or if it says nothing of the kind, as many as the kernel can have. */
static uint32_t limit_of(const struct boot_info *boot)
{
    const char *text = boot_option(boot, "smp");
    uint32_t limit = 0;
    for (; text != NULL && *text >= '0' && *text <= '9' && limit <= CPU_MAX; text++) {
        limit = 10 * limit + (uint32_t)(*text - '0');
    }
    return limit == 0 || limit > CPU_MAX ? CPU_MAX : limit;
}

/* Fills in who is to start, as far as there is memory. */
static void choose(const struct acpi_info *acpi, uint32_t limit)
{
    uint32_t others = 0;
    uint32_t unreachable = 0;
    for (uint32_t i = 0; i < acpi->cpu_count; i++) {
        uint32_t id = acpi->cpus[i].apic_id;
        if (id == this_cpu(cpu)->apic_id) {
            continue;
        }
        others++;
        unreachable += !smp_reaches(id);
        if (smp_reaches(id) && start.count + 1 < limit && memory_make(start.count + 1)) {
            start.ids[start.count++] = id;
        }
    }
    if (unreachable > 0) {
        log_warning("cpus: %u can't be reached without x2APIC", unreachable);
    }
    if (others > start.count && (limit == CPU_MAX || start.count + 1 < limit)) {
        log_warning("cpus: %u of %u are left out: at most %u, and memory for each",
                    others - start.count, others + 1, CPU_MAX);
    }
}

void start_cpus(const struct boot_info *boot, const struct acpi_info *acpi)
{
    const paddr_t *pages = memory_low_pages(SMP_PAGES);
    const char *bug = boot_option(boot, "bug");
    choose(acpi, limit_of(boot));
    if (start.count > 0 && pages == NULL) {
        log_warning("cpus: no memory below 1 MiB for others to begin in");
        start.count = 0;
    }
    atomic_store(&start.expected, start.count + 1);
    if (start.count == 0) {
        complete_if_all();
        return;
    }
    start.late = bug != NULL && string_equal(bug, "late_cpu");
    clock_check_skew(bug != NULL && string_equal(bug, "tsc_skew") ? SKEW : 0);
    smp_prepare(pages, start.count + 1);
    for (uint32_t i = 0; i < start.count; i++) {
        smp_send_init(start.ids[i]);
    }
    send_start(start.late);
    timer_arm(&start.timer, clock_now() + SECOND_SIPI_NS, start_again);
}

void start_cpus_wait(void)
{
    while (!atomic_load(&start.complete)) {
        arch_let_interrupts_in();
    }
}
