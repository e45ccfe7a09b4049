/* SPDX-License-Identifier: MIT */
/*
 * Each thread's FPU and vector registers. The kernel itself never touches them.
 *
 * Rules: a thread that never used the FPU runs with CR0.TS set; its first FPU instruction raises
 * #NM, and from then on its state is saved and restored at every switch. CR0 is written only when
 * TS must change. All calls with interrupts off, on the CPU that runs the thread.
 */
#pragma once

struct tcb;

/* Turns on this CPU's FPU as arch_fpu_init found the first one's. */
void fpu_setup(void);

/* #NM of user code: gives the thread, which is loaded, the FPU in its initial state. */
void fpu_first_use(struct tcb *tcb);

/* The FPU's part of tcb_load. */
void fpu_load(struct tcb *tcb);

/* The FPU's part of tcb_save, for a thread that uses it. */
void fpu_save(struct tcb *tcb);
