/* SPDX-License-Identifier: MIT */
/*
 * What entry.asm leaves at the top of a stack of the layer: the program's registers as they were at the
 * call. What is changed here is what the program finds when the call returns.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r9, r8, r10, rdx, rsi, rdi;
    uint64_t flags;
    uint64_t rip;
    uint64_t rsp;
    uint64_t busy; /* not the program's: 1 while a thread uses the stack */
};

/* entry.asm counts on both. */
_Static_assert(offsetof(struct frame, busy) == 15 * 8, "as entry.asm pushes it");
_Static_assert(sizeof(struct frame) % 16 == 0, "a stack pointer");
