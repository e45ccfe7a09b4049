/* SPDX-License-Identifier: MIT */
/*
 * TLB shootdown: makes other CPUs forget pages. The kernel's only way to take a page away from a CPU.
 *
 * Which CPUs may know a page: those in the mask of the page table that it was mapped in (all that are
 * online for the kernel half). Why none is missed:
 *
 *   who takes away                            a CPU that loads the table
 *   T1  changes the entry                     L1  sets its bit in the mask (locked)
 *   T2  full fence                            L2  writes CR3
 *   T3  reads the mask, shoots at it          L3  walks the table
 *
 * L1 is a full fence as well. So either T3 sees the bit, and the CPU is made to forget; or L1 comes
 * after T2, and L3 sees the new entry. A CPU clears its bit after it has loaded another table: whoever
 * misses it then knows that it has forgotten.
 *
 * Each CPU has one request and a mask of the CPUs that want something of it:
 *
 *   S1  fills in its request: pages, number of CPUs that haven't answered
 *   S2  sets its bit in the mask of each of them, and interrupts it if that mask was empty
 *   S3  waits until the number is 0, with interrupts on
 *   A1  (the other) takes its whole mask
 *   A2  forgets what each of those CPUs asks for, and counts their numbers down
 *
 * A mask that wasn't empty at S2 is still to be taken by an A1 that the one before has caused. A CPU that
 * spins for a lock answers too, so a CPU that holds locks never waits for one that can't answer.
 */
#pragma once
#include "arch/types.h"

enum { TLB_PAGES_MAX = 16 };

/*
 * The CPUs in the mask have forgotten the pages on return, and what leads to them; with more than
 * TLB_PAGES_MAX all pages, global ones too. This CPU has done so itself: it isn't asked. Called with
 * no spinlock held, not from an interrupt; other CPUs' requests and interrupts are served meanwhile.
 */
void tlb_shootdown(uint64_t cpus, const vaddr_t *pages, unsigned count);

/* Every page of this CPU, global ones too. */
void tlb_flush_all(void);

/* One turn of a loop that spins for a lock, with interrupts off: answers shootdowns. */
void arch_spin_pause(void);

/* How many times this CPU has answered. The debug kernel alone counts. */
uint64_t tlb_answers_given(void);
