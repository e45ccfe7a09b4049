/* SPDX-License-Identifier: MIT */
/* Numbers that the assembly shares with C. Compiled to assembly text; each line becomes a %define. */
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/tcb.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/trap.h"
#include <stddef.h>
#include <stdint.h>

enum {
#define J6_CALL(number, name, ...) CALL_##name = (number),
#define J6_LATER                   J6_CALL
#define J6_OP(...)
#include <j6/syscalls.def>
};

#define EXPORT(name, value) __asm__ volatile("->" #name " %c0" ::"i"(value))

void offsets(void);
void offsets(void)
{
    EXPORT(KERNEL_BASE, KERNEL_BASE);
    EXPORT(SELECTOR_USER_DATA, SELECTOR_USER_DATA);
    EXPORT(SELECTOR_USER_CODE, SELECTOR_USER_CODE);
    EXPORT(TRAP_STUB_SIZE, TRAP_STUB_SIZE);
    EXPORT(VECTOR_IRQ_FIRST, VECTOR_IRQ_FIRST);

    EXPORT(CALL_ENDPOINT_CALL, J6_CALL_BASE + CALL_endpoint_call);
    EXPORT(CALL_ENDPOINT_REPLY_RECEIVE, J6_CALL_BASE + CALL_endpoint_reply_receive);

    EXPORT(CPU_TCB, offsetof(struct cpu, tcb));
    EXPORT(CPU_USER_RSP, offsetof(struct cpu, user_rsp));
    EXPORT(CPU_KERNEL_STACK, offsetof(struct cpu, kernel_stack));
    EXPORT(CPU_IRQ_STACK, offsetof(struct cpu, irq_stack));
    EXPORT(CPU_PENDING, offsetof(struct cpu, pending));
    EXPORT(CPU_PENDING_END, CPU_PENDING_END);
    EXPORT(CPU_INDEX, offsetof(struct cpu, index));

    EXPORT(CPU_FEATURES_SMAP, offsetof(struct cpu_features, smap));
    EXPORT(FRAME_VECTOR, offsetof(struct trap_frame, vector));

    EXPORT(TCB_RDI, offsetof(struct tcb, arg[TCB_RDI]));
    EXPORT(TCB_RSI, offsetof(struct tcb, arg[TCB_RSI]));
    EXPORT(TCB_RDX, offsetof(struct tcb, arg[TCB_RDX]));
    EXPORT(TCB_R10, offsetof(struct tcb, arg[TCB_R10]));
    EXPORT(TCB_R8, offsetof(struct tcb, arg[TCB_R8]));
    EXPORT(TCB_R9, offsetof(struct tcb, arg[TCB_R9]));
    EXPORT(TCB_RAX, offsetof(struct tcb, rax));
    EXPORT(TCB_RBX, offsetof(struct tcb, rbx));
    EXPORT(TCB_RBP, offsetof(struct tcb, rbp));
    EXPORT(TCB_R12, offsetof(struct tcb, r12));
    EXPORT(TCB_R13, offsetof(struct tcb, r13));
    EXPORT(TCB_R14, offsetof(struct tcb, r14));
    EXPORT(TCB_R15, offsetof(struct tcb, r15));
    EXPORT(TCB_RCX, offsetof(struct tcb, rcx));
    EXPORT(TCB_R11, offsetof(struct tcb, r11));
    EXPORT(TCB_RIP, offsetof(struct tcb, rip));
    EXPORT(TCB_RFLAGS, offsetof(struct tcb, rflags));
    EXPORT(TCB_RSP, offsetof(struct tcb, rsp));
    EXPORT(TCB_FS_BASE, offsetof(struct tcb, fs_base));
    EXPORT(TCB_USES_FPU, offsetof(struct tcb, uses_fpu));
    EXPORT(TCB_PAGE_TABLE, offsetof(struct tcb, page_table));
    EXPORT(TCB_BY_IRET, offsetof(struct tcb, by_iret));
}
