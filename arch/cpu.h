/* SPDX-License-Identifier: MIT */
/*
 * The block that each CPU finds through its GS base, and what a CPU is told to look at before it
 * goes back to user mode. The assembly finds the fields by the offsets that
 * arch/x86_64/offsets.c exports.
 */
#pragma once
#include "arch/percpu.h"
#include "arch/types.h"

#define CPU_MAX 64

struct tcb;

struct cpu {
    void *block;           /* where this struct lies: see arch/percpu.h */
    struct tcb *tcb;       /* of the thread that runs here; entries from user mode save into it */
    uint64_t user_rsp;     /* scratch of the system call entry */
    uint64_t kernel_stack; /* top; empty whenever the CPU is in user mode; kernel/step.h */
    uint64_t irq_stack;    /* top; for interrupts that arrive in the kernel */
    uint32_t pending;      /* enum cpu_pending; only this CPU writes it */
    uint32_t index;        /* 0 is the one that booted */
    uint32_t apic_id;
};

/* Reasons not to go straight back to user mode. */
enum cpu_pending {
    CPU_PENDING_SCHEDULE = 1 << 0, /* the running thread must make way */
    CPU_PENDING_GRACE = 1 << 1,    /* somebody waits for a grace period */
    CPU_PENDING_END = 1 << 2,      /* the running thread was killed */
};

extern struct cpu cpu; /* per CPU; lies first in the block */

static inline uint32_t cpu_index(void)
{
    return this_cpu(cpu)->index;
}
