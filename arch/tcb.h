/* SPDX-License-Identifier: MIT */
/*
 * The thread control block: the part of a thread that the CPU layer knows. On every entry into the
 * kernel the user registers go here, never onto a stack, so that a waiting thread keeps nothing
 * else and whoever wakes it can write its results here.
 *
 * Rules: by_iret is 0 while the thread runs in user mode. An interrupt or fault sets it, since
 * then rcx and r11 are the user's too; a system call leaves it 0 and may return by SYSRET. Whoever
 * changes rip, rflags or rsp of another thread sets it as well. The assembly finds the fields by
 * the offsets that arch/x86_64/offsets.c exports.
 */
#pragma once
#include "arch/types.h"

struct page_table;

struct tcb {
    uint64_t arg[6]; /* rdi rsi rdx r10 r8 r9: the arguments of a system call */
    uint64_t rax;
    uint64_t rbx, rbp, r12, r13, r14, r15;
    uint64_t rcx, r11; /* valid if by_iret */
    uint64_t rip, rflags, rsp;
    uint64_t fs_base;
    uint32_t by_iret;
    uint32_t uses_fpu; /* 0: never; else 1 + the CPU that loaded its state last */
    void *fpu_area;
    struct page_table *page_table;
};

enum { TCB_RDI, TCB_RSI, TCB_RDX, TCB_R10, TCB_R8, TCB_R9 };
