/* SPDX-License-Identifier: MIT */
/* Segment selectors and interrupt stacks: GDT, TSS and IDT of each CPU. */
#pragma once
#include "arch/types.h"

/* Order demanded by SYSCALL and SYSRET (Intel SDM vol. 3, §5.8.8). */
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_SYSRET_BASE 0x18
#define SELECTOR_USER_DATA   0x23
#define SELECTOR_USER_CODE   0x2b
#define SELECTOR_TSS         0x30

/* Interrupt stack table slots; 0 in an IDT entry means none. */
enum ist { IST_NMI = 1, IST_DOUBLE_FAULT, IST_MACHINE_CHECK, IST_DEBUG, IST_COUNT = 4 };

/* Gives the CPU that boots its descriptor tables, with early stacks. Before anything can fault. */
void desc_init(void);

/* Gives this CPU its descriptor tables; its block has its stacks. */
void desc_load(void);

/*
 * Gives the CPU of a block its final stacks. `ist` are tops of page-aligned stacks, the kernel and
 * interrupt stacks are tops as well.
 */
void desc_set_stacks(void *block, vaddr_t kernel_stack, vaddr_t irq_stack,
                     const vaddr_t ist[IST_COUNT]);
