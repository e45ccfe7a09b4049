/* SPDX-License-Identifier: MIT */
/*
 * The block that each CPU finds through its GS base, and what a CPU is told to look at before it
 * goes back to user mode or idles. The assembly finds the fields by the offsets that
 * arch/x86_64/offsets.c exports.
 *
 * Rules: a CPU joins the mask of those online once, when all of it works, and never leaves. `pending`
 * is changed by the functions below alone: its CPU and others change it at the same time. Who sets a
 * bit of another CPU that must act on it soon kicks it afterwards.
 */
#pragma once
#include "arch/percpu.h"
#include "arch/types.h"
#include <stdatomic.h>

#define CPU_MAX 64

struct tcb;

struct cpu {
    void *block;           /* where this struct lies: see arch/percpu.h */
    struct tcb *tcb;       /* of the thread that runs here; entries from user mode save into it */
    uint64_t user_rsp;     /* scratch of the system call entry */
    uint64_t kernel_stack; /* top; empty whenever the CPU is in user mode; kernel/step.h */
    uint64_t irq_stack;    /* top; for interrupts that arrive in the kernel */
    _Atomic uint32_t pending; /* enum cpu_pending */
    uint32_t index;           /* 0 is the one that booted */
    uint32_t apic_id;
};

/* Reasons not to go straight back to user mode. */
enum cpu_pending {
    CPU_PENDING_SCHEDULE = 1 << 0, /* the running thread must make way */
    CPU_PENDING_GRACE = 1 << 1,    /* somebody waits for a grace period */
    CPU_PENDING_END = 1 << 2,      /* the running thread was killed */
    CPU_PENDING_CALL = 1 << 3,     /* another CPU wants a function run here */
    CPU_PENDING_INBOX = 1 << 4,    /* another CPU has woken a thread of this one */
    CPU_PENDING_LOG = 1 << 5,      /* readers of the log are to be told of an entry */
};

extern struct cpu cpu; /* per CPU; lies first in the block */

extern void *cpu_blocks[CPU_MAX];        /* NULL: no such CPU */
extern _Atomic uint64_t cpu_mask_online; /* a bit for each index */

static inline uint32_t cpu_index(void)
{
    return this_cpu_read(cpu.index);
}

static inline uint64_t cpu_bit(uint32_t index)
{
    return 1ull << index;
}

/* For cpu_of. The CPU need not be online yet. */
static inline void *cpu_block(uint32_t index)
{
    return cpu_blocks[index];
}

static inline uint64_t cpus_online(void)
{
    return atomic_load(&cpu_mask_online);
}

/* Takes the lowest CPU out of a mask that isn't empty. */
static inline uint32_t cpu_mask_pop(uint64_t *mask)
{
    uint32_t index = (uint32_t)__builtin_ctzll(*mask);
    *mask &= *mask - 1;
    return index;
}

static inline uint32_t cpu_mask_count(uint64_t mask)
{
    uint32_t count = 0;
    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

static inline void cpu_pend(uint32_t bits)
{
    atomic_fetch_or(&this_cpu(cpu)->pending, bits);
}

static inline void cpu_unpend(uint32_t bits)
{
    atomic_fetch_and(&this_cpu(cpu)->pending, ~bits);
}

static inline void cpu_pend_on(uint32_t index, uint32_t bits)
{
    atomic_fetch_or(&cpu_of(cpu_block(index), cpu)->pending, bits);
}
