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

/* How often, and where last, a TLB entry was dropped. */
extern uint64_t test_invlpg_count;
extern vaddr_t test_invlpg_last;
