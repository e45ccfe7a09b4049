/* SPDX-License-Identifier: MIT */
/*
 * The other CPUs: how they are started and interrupted. Who is started, when, and with which memory
 * is decided in kernel/boot/start_cpus.c.
 *
 * Rules: numbers are claimed, not given. A CPU that begins to run takes the next number if it is below
 * the limit, and stops for ever if not; so the memory of a number may be used by the CPU that claimed it
 * alone, and nobody claims any more once smp_withdraw has returned.
 */
#pragma once
#include "arch/types.h"
#include <stdbool.h>

struct cpu_place;

/* The code that other CPUs start with, and four levels of page tables for it. */
enum { SMP_PAGES = 5 };

/*
 * Prepares the start of CPUs in these pages below 1 MiB, which stay theirs. Numbers 1 to limit - 1 can be
 * claimed from now on: their blocks are in cpu_blocks, with stacks.
 */
void smp_prepare(const paddr_t *pages, uint32_t limit);

/* Can this CPU be reached? Ids above 254 need x2APIC. */
bool smp_reaches(uint32_t apic_id);

/* INIT, which stops a CPU, and SIPI, which lets it begin; one that runs ignores a SIPI. */
void smp_send_init(uint32_t apic_id);
void smp_send_start(uint32_t apic_id);

/* No number can be claimed from now on. Returns the first that hasn't been. */
uint32_t smp_withdraw(void);

/* An interrupt for a CPU that is online. */
void smp_interrupt(uint32_t index, uint8_t vector);

/* The handler of VECTOR_TLB (tlb.c). */
void tlb_answer(void);

/* Is this CPU to stop, now that an NMI has come at that place? Doesn't return if so. */
void smp_stop_if_told(const struct cpu_place *place);

/* Where ap_start.asm goes on, on the CPU's own stack. Not for C to call. */
_Noreturn void smp_main(void *block);
