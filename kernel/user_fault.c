/* SPDX-License-Identifier: MIT */
/*
 * Faults of user code: a page is brought in, or the thread stops for a debugger, or the process ends,
 * with a reason that others can read.
 */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "arch/x86_64/trap.h"
#include "kernel/base/log.h"
#include "kernel/process.h"
#include "kernel/registers.h"
#include "lib/string.h"
#include "mm/user_copy.h"

_Static_assert(offsetof(struct j6_thread_registers, rip) == sizeof((struct j6_end_info){0}.regs),
               "both have the 16 general registers in the CPU's numbering");

#define FAULT_WRITE (1u << 1)
#define FAULT_FETCH (1u << 4)

static enum vm_access access_of(uint64_t error)
{
    if (error & FAULT_FETCH) {
        return VM_ACCESS_EXEC;
    }
    return error & FAULT_WRITE ? VM_ACCESS_WRITE : VM_ACCESS_READ;
}

static void fault_log(struct thread *thread, const struct j6_fault_info *fault)
{
    const struct process *process = thread->process;
    char name[THREAD_NAME_SIZE];
    thread_name(thread, name);
    log_error(
        "fault   process %s (%lu) thread %lu%s%s: vector %u error %#lx at address %#lx, rip %#lx%s",
        process->name, process->object.koid & UINT32_MAX, thread->object.koid & UINT32_MAX,
        name[0] != '\0' ? " " : "", name, fault->vector, fault->error, fault->address,
        thread->tcb.rip, fault->reason == j6_reason_no_memory ? ", out of memory" : "");
}

static void end_process(const struct thread *thread, const struct j6_fault_info *fault)
{
    const struct j6_thread_registers registers = registers_of(&thread->tcb);
    struct j6_end_info end = {
        .reason = fault->reason,
        .vector = fault->vector,
        .address = fault->address,
        .rip = registers.rip,
        .rsp = registers.rsp,
        .rflags = registers.rflags,
    };
    memcpy(end.regs, &registers, sizeof(end.regs)); /* which come first, in the same order */
    process_end(thread->process, &end);
}

/* What the thread did can't be mended: it stops, or its process ends. */
static __attribute__((noinline)) void
fault_unmended(struct thread *thread, const struct user_trap *trap, j6_status_t status)
{
    bool shortage = status == j6_err_no_memory || status == j6_err_quota;
    const struct j6_fault_info fault = {
        .reason = shortage ? j6_reason_no_memory : j6_reason_fault,
        .vector = (uint32_t)trap->vector,
        .error = trap->error,
        .address = trap->address,
    };
    if (thread->process->hold_faults) {
        thread_stop(thread, &fault);
    } else {
        fault_log(thread, &fault);
        end_process(thread, &fault);
    }
}

void upcall_user_trap(struct tcb *tcb, const struct user_trap *trap)
{
    struct thread *thread = thread_of_tcb(tcb);
    j6_status_t status = j6_err_bad_address;
    if (trap->vector == VECTOR_PAGE_FAULT) {
        status = vm_space_fault(thread->process->space, trap->address, access_of(trap->error));
    }
    if (status != j6_status_ok) {
        fault_unmended(thread, trap, status);
    }
    kernel_leave();
}

bool upcall_copy_fault(vaddr_t address, bool write)
{
    j6_status_t status = vm_space_fault_loaded(address, write ? VM_ACCESS_WRITE : VM_ACCESS_READ);
    if (status != j6_status_ok) {
        user_copy_failed(status);
    }
    return status == j6_status_ok;
}
