/* SPDX-License-Identifier: MIT */
/*
 * Threads that a fault has stopped. In a process made with hold_faults, a fault that no mapping answers
 * doesn't end the process: its thread waits until somebody lets it go on, maybe with other registers or
 * after mapping what was missing, or until it ends. The others of the process run on; several may
 * be stopped at once.
 *
 * Rules: who is stopped is guarded by the process's lock. The process has the signal `faulted` exactly
 * while a thread of it is stopped. Registers are read and set, and a thread goes on, only while it is
 * stopped: bad_state otherwise.
 */
#pragma once
#include <j6/info.h>
#include <j6/status.h>
#include <stdbool.h>

struct thread;

struct thread_stop {
    bool stopped;
    struct j6_fault_info fault;
    uint64_t fs_base; /* that it goes on with; its CPU may yet write the one in the tcb */
};

/*
 * The running thread, whose registers are those of the fault, is stopped, unless it was killed; it
 * still has to leave.
 */
void thread_stop(struct thread *thread, const struct j6_fault_info *fault);

/* Lets it go on. */
j6_status_t thread_resume(struct thread *thread) J6_MUST_USE;

/* It ends: the process's lock is held. */
void thread_stop_end_locked(struct thread *thread);

/* Why it is stopped; its registers. */
j6_status_t thread_fault_info(struct thread *thread, struct j6_fault_info *out_info) J6_MUST_USE;
j6_status_t thread_registers(struct thread *thread,
                             struct j6_thread_registers *out_registers) J6_MUST_USE;

/* invalid_arg before bad_state: kernel/registers.h says what a thread can't have. */
j6_status_t thread_set_registers(struct thread *thread,
                                 const struct j6_thread_registers *registers) J6_MUST_USE;
