/* SPDX-License-Identifier: MIT */
/*
 * What kernel code finds on the host in place of a machine: physical memory, CPUs, the TLB's
 * instruction. Link tests/host/shim_machine.c and kernel/base/spinlock.c.
 */
#pragma once
#include "arch/types.h"
#include <stddef.h>

#define TEST_MEMORY_SIZE (16ull << 30)

enum { TEST_CPUS = 4 };

/* Memory begins to exist, with undefined content; touching any other address is a crash. */
void test_memory_add(paddr_t start, paddr_t end);

/* It is no memory any more. */
void test_memory_remove(paddr_t start, paddr_t end);

/* Nothing is memory any more. */
void test_memory_clear(void);

/* From now on the test runs on that CPU. */
void test_cpu_switch(unsigned number);

/* The page table's root of each CPU, and how often one was loaded. */
extern paddr_t test_cr3[TEST_CPUS];
extern uint64_t test_cr3_writes;

/* Which addresses the TLB was told to forget since a test last set the count to 0. */
enum { TEST_INVLPG_MAX = 65536 };
extern uint64_t test_invlpg_count;
extern vaddr_t test_invlpg[TEST_INVLPG_MAX]; /* the first of them */

/* Is called by each of them, unless NULL. */
extern void (*test_invlpg_watch)(vaddr_t address);
