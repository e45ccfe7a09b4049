/* SPDX-License-Identifier: MIT */
/*
 * Kernel stacks that threads keep. A thread has a kernel stack only while it is in the kernel: the
 * CPU's. When it makes way at a step point (kernel_step_point, arch/upcall.h) it keeps the one that it
 * is on, and the CPU goes on with a spare one; when it runs again its stack is the CPU's, and the one
 * that the CPU was on becomes a spare.
 *
 *     stack 1 (the CPU's)  vma_write → step point ┐          ┌ … → step point, vma_write goes on
 *     stack 2 (spare)                             └ other threads …┘ (spare again)
 *
 * Spares belong to all CPUs, since a thread may go on elsewhere.
 *
 * Rules: where there is no spare stack, nobody is preempted at step points. A stack becomes a spare
 * only when the CPU has left it.
 */
#pragma once
#include "arch/types.h"
#include "kernel/thread.h"

/* A stack of the area kernel_stacks, which nobody is on, is a spare from now on. */
void step_stack_add(vaddr_t stack_top);

/* Is the thread in the middle of an operation? */
static inline bool step_is_inside(const struct thread *thread)
{
    return thread->kept_stack != 0;
}

/* Goes on with the operation that the thread, the running one from now on, is in the middle of. */
_Noreturn void step_resume(struct thread *thread);
