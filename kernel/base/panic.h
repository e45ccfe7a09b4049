/* SPDX-License-Identifier: MIT */
/*
 * The end, for bugs of the kernel itself.
 *
 * Rules for panic:
 * - It may be called in any context and never returns. Only the first call reports; a second one,
 *   nested or on another CPU, halts its CPU without a word.
 * - The debug build shows where all CPUs were.
 * - The report goes to all consoles, those in the hands of drivers too. Its first line starts with
 *   PANIC; no other line of the kernel does.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "arch/types.h"
#include "lib/format.h"

/* The CPU at the moment of a trap. */
struct panic_registers {
    uint64_t regs[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8 … r15: the CPU's own numbering */
    uint64_t rip;
    uint64_t rflags;
    uint64_t cr2;
    uint64_t cr3;
    uint64_t vector;
    uint64_t error;
};

struct cpu_place;

/* What the machine lends to a panic. A member may be NULL while it can't be had. */
struct panic_hooks {
    void (*stop_others)(void); /* stops the other CPUs, without waiting for them for ever */
    const struct cpu_place *(*stopped_at)(uint32_t index); /* as arch_stopped_at */
    bool (*is_stack)(vaddr_t address, uint64_t size); /* readable, and part of a kernel stack? */
    void (*verdict)(int code); /* ends the machine with a code, where the command line wants that */
    void (*halt)(void);        /* this CPU, for ever */
};

enum { PANIC_VERDICT = 1 };

/* From now on; *hooks stays. */
void panic_set_hooks(const struct panic_hooks *hooks);

noreturn void panic(const char *fmt, ...) FORMAT_LIKE(1, 2);
noreturn void panic_with_registers(const struct panic_registers *registers, const char *fmt, ...)
    FORMAT_LIKE(2, 3);
