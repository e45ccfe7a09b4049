/* SPDX-License-Identifier: MIT */
/* Calls on the interrupt lines of devices. */
#include "ipc/interrupt.h"
#include "kernel/irq.h"
#include "kernel/syscall/sys.h"

/* No flag is offered yet, and *msi is for one of them: it isn't written. */
j6_status_t sys_system_bind_irq(struct thread *caller, struct system *system,
                                struct endpoint *endpoint, uint64_t irq, uint64_t flags,
                                struct user_ptr msi)
{
    (void)msi;
    if (flags != 0) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = system_check(system, j6_range_irq, irq, 1);
    return status == j6_status_ok ? interrupt_bind(system, endpoint, caller->process->account, irq)
                                  : status;
}

j6_status_t sys_system_ack_irq(struct thread *caller, struct system *system, uint64_t irq)
{
    (void)caller;
    j6_status_t status = system_check(system, j6_range_irq, irq, 1);
    return status == j6_status_ok ? irq_ack(irq) : status;
}
