/* SPDX-License-Identifier: MIT */
/* Vectors (Intel SDM vol. 3, table 6-1) and what the assembly hands to trap.c. */
#pragma once
#include "arch/types.h"
#include <stdbool.h>

struct tcb;

enum {
    VECTOR_DIVIDE = 0,
    VECTOR_DEBUG = 1,
    VECTOR_NMI = 2,
    VECTOR_BREAKPOINT = 3,
    VECTOR_OVERFLOW = 4,
    VECTOR_INVALID_OPCODE = 6,
    VECTOR_NO_FPU = 7,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_MACHINE_CHECK = 18,
    VECTOR_IRQ_FIRST = 32,  /* of the old controllers, which are masked: spurious ones only */
    VECTOR_LINE_FIRST = 48, /* lines of I/O APICs */
    VECTOR_LINE_LAST = 0xef,
    VECTOR_TIMER = 0xf0,
    VECTOR_KICK = 0xf1,  /* look at what is pending */
    VECTOR_TLB = 0xf2,   /* a shootdown */
    VECTOR_CLOCK = 0xf3, /* a CPU compares its clock with this one's */
    VECTOR_SPURIOUS = 0xff,
};

#define TRAP_STUB_SIZE 16

/* One entry stub for each vector, TRAP_STUB_SIZE bytes apart (entry.asm). */
extern const char trap_stubs[];

/* What entry.asm pushes when the kernel itself was interrupted. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* A trap from user mode; the registers are in the tcb. Never returns. */
_Noreturn void trap_from_user(struct tcb *tcb, uint64_t vector, uint64_t error);

/* The IRETQ to user mode, and where to go on if the CPU refuses what the tcb says. */
extern const char tcb_iretq[], tcb_iretq_failed[];
_Noreturn void trap_iretq_failed(struct tcb *tcb);

/* A trap in the kernel. Returns to go on at frame->rip. */
void trap_from_kernel(struct trap_frame *frame);

/* NMI, #DB, #DF, #MC: may interrupt any instruction; runs on its own stack. */
void trap_anywhere(struct trap_frame *frame);
