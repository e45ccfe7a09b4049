/* SPDX-License-Identifier: MIT */
/* A stop is a wait for nothing that would come: thread_resume or thread_kill ends it. */
#include "kernel/thread_stop.h"
#include "arch/arch.h"
#include "kernel/process.h"
#include "kernel/registers.h"
#include <j6/flags.h>
#include <j6/signals.h>

static void undo_nothing(struct thread *thread)
{
    (void)thread;
}

static const struct wait_type fault_wait = {.kind = j6_wait_fault, .undo = undo_nothing};

/* Before it goes on: nobody but the thread itself can set its FS base. */
static void fs_base_take(struct thread *thread)
{
    tcb_set_fs_base(&thread->tcb, thread->stop.fs_base);
}

static void wait_for_resume(struct thread *thread)
{
    thread->resume = fs_base_take;
    spinlock_lock(&thread->object.lock);
    wait_begin_locked(thread, &thread->object.lock, &fault_wait, 0, j6_deadline_never);
    spinlock_unlock(&thread->object.lock);
}

/* It waits before the process's lock is released: who finds it stopped under that can wake it. */
void thread_stop(struct thread *thread, const struct j6_fault_info *fault)
{
    struct process *process = thread->process;
    spinlock_lock(&process->lock);
    if (!atomic_load_explicit(&thread->killed, memory_order_relaxed)) {
        thread->stop = (struct thread_stop){
            .stopped = true, .fault = *fault, .fs_base = tcb_fs_base(&thread->tcb)};
        process->stopped++;
        kobject_signal(&process->object, 0, j6_signal_process_faulted);
        wait_for_resume(thread);
    }
    spinlock_unlock(&process->lock);
}

void thread_stop_end_locked(struct thread *thread)
{
    struct process *process = thread->process;
    if (!thread->stop.stopped) {
        return;
    }
    thread->stop.stopped = false;
    if (--process->stopped == 0) {
        kobject_signal(&process->object, j6_signal_process_faulted, 0);
    }
}

/* The process's lock is held after ok. */
static j6_status_t lock_if_stopped(struct thread *thread)
{
    spinlock_lock(&thread->process->lock);
    if (thread->stop.stopped) {
        return j6_status_ok;
    }
    spinlock_unlock(&thread->process->lock);
    return j6_err_bad_state;
}

j6_status_t thread_resume(struct thread *thread)
{
    j6_status_t status = lock_if_stopped(thread);
    if (status == j6_status_ok) {
        thread_stop_end_locked(thread);
        wait_cancel(thread, thread->tcb.rax); /* which this doesn't change then */
        spinlock_unlock(&thread->process->lock);
    }
    return status;
}

j6_status_t thread_fault_info(struct thread *thread, struct j6_fault_info *out_info)
{
    j6_status_t status = lock_if_stopped(thread);
    if (status == j6_status_ok) {
        *out_info = thread->stop.fault;
        spinlock_unlock(&thread->process->lock);
    }
    return status;
}

j6_status_t thread_registers(struct thread *thread, struct j6_thread_registers *out_registers)
{
    j6_status_t status = lock_if_stopped(thread);
    if (status == j6_status_ok) {
        *out_registers = registers_of(&thread->tcb);
        out_registers->fs_base = thread->stop.fs_base;
        spinlock_unlock(&thread->process->lock);
    }
    return status;
}

j6_status_t thread_set_registers(struct thread *thread, const struct j6_thread_registers *registers)
{
    if (!registers_are_good(registers)) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = lock_if_stopped(thread);
    if (status == j6_status_ok) {
        registers_set(&thread->tcb, registers);
        thread->stop.fs_base = registers->fs_base;
        spinlock_unlock(&thread->process->lock);
    }
    return status;
}
