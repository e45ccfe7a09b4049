/* SPDX-License-Identifier: MIT */
/* Faults of user code: a page is brought in, or the process ends, with a reason that others can read. */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "arch/x86_64/trap.h"
#include "kernel/base/log.h"
#include "kernel/process.h"
#include "mm/user_copy.h"

#define FAULT_WRITE (1u << 1)
#define FAULT_FETCH (1u << 4)

static enum vm_access access_of(uint64_t error)
{
    if (error & FAULT_FETCH) {
        return VM_ACCESS_EXEC;
    }
    return error & FAULT_WRITE ? VM_ACCESS_WRITE : VM_ACCESS_READ;
}

static void end_of(const struct tcb *tcb, const struct user_trap *trap, j6_status_t status,
                   struct j6_end_info *out)
{
    bool shortage = status == j6_err_no_memory || status == j6_err_quota;
    *out = (struct j6_end_info){
        .reason = shortage ? j6_reason_no_memory : j6_reason_fault,
        .vector = (uint32_t)trap->vector,
        .address = trap->address,
        .rip = tcb->rip,
        .rsp = tcb->rsp,
        .rflags = tcb->rflags,
        .regs = {tcb->rax, tcb->rcx, tcb->arg[TCB_RDX], tcb->rbx, tcb->rsp, tcb->rbp,
                 tcb->arg[TCB_RSI], tcb->arg[TCB_RDI], tcb->arg[TCB_R8], tcb->arg[TCB_R9],
                 tcb->arg[TCB_R10], tcb->r11, tcb->r12, tcb->r13, tcb->r14, tcb->r15},
    };
}

/* What the thread did can't be mended: its process ends. */
static __attribute__((noinline)) void end_process_of(struct tcb *tcb, const struct user_trap *trap,
                                                     j6_status_t status)
{
    struct thread *thread = thread_of_tcb(tcb);
    struct process *process = thread->process;
    struct j6_end_info end;
    end_of(tcb, trap, status, &end);
    log_error(
        "fault   process %s (%lu) thread %lu: vector %lu error %#lx at address %#lx, rip %#lx%s",
        process->name, process->object.koid & UINT32_MAX, thread->object.koid & UINT32_MAX,
        trap->vector, trap->error, trap->address, tcb->rip,
        end.reason == j6_reason_no_memory ? ", out of memory" : "");
    process_end(process, &end);
}

void upcall_user_trap(struct tcb *tcb, const struct user_trap *trap)
{
    j6_status_t status = j6_err_bad_address;
    if (trap->vector == VECTOR_PAGE_FAULT) {
        struct vm_space *space = thread_of_tcb(tcb)->process->space;
        status = vm_space_fault(space, trap->address, access_of(trap->error));
    }
    if (status != j6_status_ok) {
        end_process_of(tcb, trap, status);
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
