/* SPDX-License-Identifier: MIT */
/*
 * Makes a thread's state the CPU's and takes it off again, as far as it isn't in the general
 * registers, which entry.asm moves.
 *
 * FS and GS bases: with FSGSBASE users set both themselves. FS belongs to the thread; GS is cleared
 * at every switch. Without it they can only load null and flat selectors, which make either base 0,
 * so GS is 0 anyway, and FS is what the tcb says or has to be put back.
 */
#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/fpu.h"
#include "arch/x86_64/x86.h"

/* The address space and the FPU area are the kernel's to set, before or after. */
void tcb_init(struct tcb *tcb, uint64_t entry, uint64_t stack, uint64_t arg)
{
    *tcb = (struct tcb){
        .arg[TCB_RDI] = arg,
        .rip = entry,
        .rsp = stack,
        .rflags = RFLAGS_FIXED | RFLAGS_IF,
        .by_iret = 1,
        .fpu_area = tcb->fpu_area,
        .page_table = tcb->page_table,
    };
}

bool tcb_may_have_flags(uint64_t rflags)
{
    return (rflags & ~RFLAGS_USER) == (RFLAGS_FIXED | RFLAGS_IF);
}

void tcb_foreign_call(struct tcb *tcb, uint64_t number, uint64_t entry)
{
    tcb->rax = number;
    tcb->rcx = tcb->rip;
    tcb->r11 = tcb->rflags;
    tcb->rip = entry;
    tcb->rflags = (tcb->rflags & ~RFLAGS_SYSCALL_CLEARS) | RFLAGS_IF;
    tcb->by_iret = 1;
}

uint64_t tcb_fs_base(const struct tcb *tcb)
{
    uint64_t base = tcb->fs_base;
    if (cpu_features.fsgsbase) {
        __asm__ volatile("rdfsbase %0" : "=r"(base));
    }
    return base;
}

void tcb_set_fs_base(struct tcb *tcb, uint64_t base)
{
    tcb->fs_base = base;
    if (cpu_features.fsgsbase) {
        __asm__ volatile("wrfsbase %0" ::"r"(base));
    } else {
        x86_wrmsr(MSR_FS_BASE, base);
    }
}

/* Between the SWAPGS it is the user's GS base that WRGSBASE sets; no memory is touched there. */
static void bases_load(const struct tcb *tcb)
{
    if (cpu_features.fsgsbase) {
        __asm__ volatile("wrfsbase %0\n\t"
                         "swapgs\n\t"
                         "wrgsbase %1\n\t"
                         "swapgs" ::"r"(tcb->fs_base),
                         "r"(0ull));
    } else if (x86_rdmsr(MSR_FS_BASE) != tcb->fs_base) {
        x86_wrmsr(MSR_FS_BASE, tcb->fs_base);
    }
}

void tcb_load(struct tcb *tcb)
{
    this_cpu(cpu)->tcb = tcb;
    bases_load(tcb);
    fpu_load(tcb);
}

void tcb_save(struct tcb *tcb)
{
    tcb->fs_base = tcb_fs_base(tcb);
    if (tcb->uses_fpu != 0) {
        fpu_save(tcb);
    }
}

/* It uses the instructions for FS and GS bases. */
bool arch_has_fast_switch(void)
{
    return cpu_features.fsgsbase;
}
