/* SPDX-License-Identifier: MIT */
/* Kernel bugs on request (`bug=KIND` on the command line), to prove how they are reported. */
#include "arch/arch.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "kernel/base/assert.h"
#include "kernel/base/debug.h"
#include "kernel/base/panic.h"
#include "kernel/cpu_call.h"
#include "kernel/test/tests.h"
#include "kernel/timer.h"
#include "lib/string.h"
#include "mm/kalloc.h"

extern char kernel_text_start[];

static void bug_panic(void)
{
    panic("asked for by the command line");
}

/* Where the compiler doesn't see it. */
static volatile vaddr_t nowhere = 8;

static void bug_assert(void)
{
    assert(nowhere == 0);
}

static void bug_fault(void)
{
    *(volatile char *)nowhere = 1;
}

static void bug_write_text(void)
{
    *(volatile char *)kernel_text_start = 0;
}

static void bug_execute_data(void)
{
    static char code[16] __attribute__((aligned(16))) = {(char)0xc3};
    ((void (*)(void))code)();
}

/* Runs into the guard page of the stack: a page fault that can't be pushed is a double fault. */
static uint64_t (*volatile deeper)(uint64_t depth);

static uint64_t bug_stack_recurse(uint64_t depth)
{
    return depth + deeper(depth + 1);
}

static void bug_stack(void)
{
    deeper = bug_stack_recurse;
    deeper(0);
}

static void panic_here(void *context)
{
    (void)context;
    panic("asked for on CPU %u", cpu_index());
}

/* On a CPU other than the first; that one waits for it. */
static void bug_panic_other(void)
{
    cpu_call(cpu_bit(1), panic_here, NULL);
}

static void bug_panic_all(void)
{
    cpu_call(cpus_online(), panic_here, NULL);
}

/* Into the guard page before the second of two pieces. */
static void bug_heap(void)
{
    volatile char *first = kalloc(2 * PAGE_SIZE);
    kalloc(2 * PAGE_SIZE);
    first[2 * PAGE_SIZE] = 1;
}

#define LATER_NS 3000000000ull

/* Once processes run, and have the devices. */
static void panic_by_timer(struct timer *timer, uint64_t round)
{
    (void)timer;
    (void)round;
    panic("asked for some seconds after boot");
}

static void bug_panic_later(void)
{
    static struct timer timer;
    timer_arm(&timer, clock_now() + LATER_NS, panic_by_timer);
}

static const struct kernel_bug bugs[] = {
    {"panic", bug_panic},
    {"panic_later", bug_panic_later},
    {"assert", bug_assert},
    {"fault", bug_fault},
    {"write_text", bug_write_text},
    {"execute_data", bug_execute_data},
    {"stack", bug_stack},
    {"panic_other", bug_panic_other},
    {"panic_all", bug_panic_all},
    {"heap", bug_heap},
    {NULL, NULL},
};

static void bug_make(const struct kernel_bug *bug, const char *kind)
{
    for (; bug->kind != NULL; bug++) {
        if (string_equal(kind, bug->kind)) {
            bug->make();
        }
    }
}

void bug_on_request(const char *kind)
{
    if (kind == NULL) {
        return;
    }
    bug_make(bugs, kind);
    if (KERNEL_DEBUG) {
        bug_make(lock_bugs, kind);
    }
}
