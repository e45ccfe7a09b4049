/* SPDX-License-Identifier: MIT */
/* Traps and interrupts: what the machine layer settles itself, and what it hands up. */
#include "arch/x86_64/trap.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/fpu.h"
#include "arch/x86_64/irq.h"
#include "arch/x86_64/smp.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/debug/race_delay.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"

#define PAGE_FAULT_WRITE (1u << 1)

struct exception_entry {
    uint64_t fault;
    uint64_t fixup;
    uint64_t bring_in; /* 1: a page that is not there may be brought in */
};

extern const struct exception_entry exception_table_start[], exception_table_end[];

static const char *const names[] = {
    "divide error",
    "debug",
    "NMI",
    "breakpoint",
    "overflow",
    "bound range",
    "invalid opcode",
    "no FPU",
    "double fault",
    "9",
    "invalid TSS",
    "segment not present",
    "stack fault",
    "general protection",
    "page fault",
    "15",
    "FPU error",
    "alignment check",
    "machine check",
    "SIMD error",
    "virtualisation",
    "control protection",
};

static const char *name_of(uint64_t vector)
{
    return vector < sizeof(names) / sizeof(names[0]) ? names[vector] : "unexpected vector";
}

static void interrupt(uint64_t vector)
{
    cpu_count(interrupts);
    if (KERNEL_DEBUG) {
        upcall_watch_interrupt();
    }
    if (vector >= VECTOR_LINE_FIRST && vector <= VECTOR_LINE_LAST) {
        cpu_count(device_interrupts);
        irq_route_fire(vector);
        apic_eoi(); /* a level that isn't masked by now comes again */
    } else if (vector == VECTOR_TIMER) {
        apic_eoi();
        cpu_count(alarms);
        upcall_alarm();
    } else if (vector == VECTOR_KICK) {
        race_delay();
        apic_eoi(); /* what is pending is looked at on the way out, or by the idle loop */
        cpu_count(kicks);
    } else if (vector == VECTOR_TLB) {
        apic_eoi();
        cpu_count(shootdowns);
        tlb_answer();
    } else if (vector == VECTOR_CLOCK) {
        apic_eoi();
        clock_check_answer();
    } else if (vector == VECTOR_SPURIOUS) {
        cpu_count(
            spurious); /* no EOI: the APIC never put it in service (Intel SDM vol. 3, §10.9) */
    } else {
        cpu_count(spurious);
        log_warning("interrupt %lu that nobody asked for", vector);
        apic_eoi();
    }
}

void trap_from_user(struct tcb *tcb, uint64_t vector, uint64_t error)
{
    if (vector >= VECTOR_IRQ_FIRST) {
        interrupt(vector);
        kernel_leave();
    }
    struct user_trap trap = {.vector = vector, .error = error};
    if (vector == VECTOR_NO_FPU) {
        fpu_first_use(tcb);
        kernel_leave();
    }
    if (vector == VECTOR_PAGE_FAULT) {
        trap.address = x86_read_cr2();
    } else if (vector == VECTOR_DEBUG) {
        x86_write_dr6(0);
    }
    upcall_user_trap(tcb, &trap);
}

static _Noreturn void kernel_fault(const struct trap_frame *frame)
{
    struct panic_registers registers = {
        .rip = frame->rip,
        .rflags = frame->rflags,
        .cr2 = x86_read_cr2(),
        .cr3 = x86_read_cr3(),
        .error = frame->error,
        .vector = frame->vector,
        .regs = {frame->rax, frame->rcx, frame->rdx, frame->rbx, frame->rsp, frame->rbp, frame->rsi,
                 frame->rdi, frame->r8, frame->r9, frame->r10, frame->r11, frame->r12, frame->r13,
                 frame->r14, frame->r15},
    };
    panic_with_registers(&registers, "%s in the kernel", name_of(frame->vector));
}

/* The entry of an instruction that may fault; NULL if it may not. */
static const struct exception_entry *exception_find(uint64_t rip)
{
    for (const struct exception_entry *entry = exception_table_start; entry < exception_table_end;
         entry++) {
        if (entry->fault == rip) {
            return entry;
        }
    }
    return NULL;
}

/* rcx and r11 still stand in the tcb, should the thread go on after this. */
void trap_iretq_failed(struct tcb *tcb)
{
    tcb->by_iret = 1;
    upcall_user_trap(tcb, &(struct user_trap){.vector = VECTOR_PROTECTION});
}

void trap_from_kernel(struct trap_frame *frame)
{
    if (frame->vector >= VECTOR_IRQ_FIRST) {
        interrupt(frame->vector);
        return;
    }
    if (frame->rip == (uint64_t)tcb_iretq) {
        frame->rip = (uint64_t)tcb_iretq_failed; /* GS is the user's: touch nothing per CPU */
        return;
    }
    const struct exception_entry *entry = exception_find(frame->rip);
    uint64_t address = x86_read_cr2();
    if (entry == NULL || frame->vector != VECTOR_PAGE_FAULT || address >= USER_END) {
        kernel_fault(frame);
    }
    if (!entry->bring_in || !upcall_copy_fault(address, frame->error & PAGE_FAULT_WRITE)) {
        frame->rip = entry->fixup;
    }
}

/* The kernel sends NMIs only to stop a CPU. The log names the 1st, 2nd, 4th, 8th and so on. */
static void nmi_note(void)
{
    static _Atomic uint64_t count;
    uint64_t n = ++count;
    if ((n & (n - 1)) == 0) {
        log_warning("nmi     number %lu, from nobody that is known", n);
    }
}

void trap_anywhere(struct trap_frame *frame)
{
    switch (frame->vector) {
    case VECTOR_NMI:
        smp_stop_if_told(&(struct cpu_place){frame->rip, frame->rbp, (frame->cs & 3) != 0});
        nmi_note();
        return;
    case VECTOR_DEBUG:
        /* MOV SS in user code can delay a #DB into the kernel: swallowed (Intel SDM vol. 3, §6.8.3). */
        x86_write_dr6(0);
        return;
    default: kernel_fault(frame);
    }
}
