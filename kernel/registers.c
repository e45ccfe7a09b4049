/* SPDX-License-Identifier: MIT */
/* One line for each register in either direction. */
#include "kernel/registers.h"
#include "arch/arch.h"
#include "kernel/thread.h"

struct j6_thread_registers registers_of(const struct tcb *tcb)
{
    return (struct j6_thread_registers){
        .rax = tcb->rax,
        .rcx = tcb->rcx,
        .rdx = tcb->arg[TCB_RDX],
        .rbx = tcb->rbx,
        .rsp = tcb->rsp,
        .rbp = tcb->rbp,
        .rsi = tcb->arg[TCB_RSI],
        .rdi = tcb->arg[TCB_RDI],
        .r8 = tcb->arg[TCB_R8],
        .r9 = tcb->arg[TCB_R9],
        .r10 = tcb->arg[TCB_R10],
        .r11 = tcb->r11,
        .r12 = tcb->r12,
        .r13 = tcb->r13,
        .r14 = tcb->r14,
        .r15 = tcb->r15,
        .rip = tcb->rip,
        .rflags = tcb->rflags,
        .fs_base = tcb->fs_base,
    };
}

bool registers_are_good(const struct j6_thread_registers *registers)
{
    return thread_may_start_at(registers->rip, registers->rsp) &&
           thread_may_have_tls_base(registers->fs_base) && tcb_may_have_flags(registers->rflags);
}

void registers_set(struct tcb *tcb, const struct j6_thread_registers *registers)
{
    tcb->rax = registers->rax;
    tcb->rcx = registers->rcx;
    tcb->arg[TCB_RDX] = registers->rdx;
    tcb->rbx = registers->rbx;
    tcb->rsp = registers->rsp;
    tcb->rbp = registers->rbp;
    tcb->arg[TCB_RSI] = registers->rsi;
    tcb->arg[TCB_RDI] = registers->rdi;
    tcb->arg[TCB_R8] = registers->r8;
    tcb->arg[TCB_R9] = registers->r9;
    tcb->arg[TCB_R10] = registers->r10;
    tcb->r11 = registers->r11;
    tcb->r12 = registers->r12;
    tcb->r13 = registers->r13;
    tcb->r14 = registers->r14;
    tcb->r15 = registers->r15;
    tcb->rip = registers->rip;
    tcb->rflags = registers->rflags;
    tcb->by_iret = 1;
}
