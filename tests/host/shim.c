/* SPDX-License-Identifier: MIT */
/*
 * What kernel code under test finds in place of kernel/base: a panic or a failed assertion ends
 * the test program, and the log is silent unless TEST_LOG is set. Weak, so that a test may bring
 * its own or link the real thing.
 */
#include "arch/arch.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "kernel/base/assert.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/debug/lock_times.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/base/spinlock.h"
#include "kernel/base/symbols.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* One CPU, with its block where the linker put it; shim_machine.c has several. */
__attribute__((weak)) uint64_t test_cpu_offset;
__attribute__((weak)) PER_CPU(struct cpu_counts, cpu_counts);

__attribute__((weak)) void log_write(enum j6_log_severity severity, const char *format, ...)
{
    if (!getenv("TEST_LOG")) {
        return;
    }
    va_list args;
    va_start(args, format);
    fprintf(stderr, "log %d: ", (int)severity);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

/* Nobody reads these. */
__attribute__((weak)) PER_CPU(struct cpu_counts, cpu_counts);

/* Nobody reads the log. */
__attribute__((weak)) void log_written(void)
{
}

__attribute__((weak)) bool kernel_step_point(void)
{
    return true;
}

__attribute__((weak)) void arch_let_interrupts_in(void)
{
}

__attribute__((weak)) bool arch_interrupts_on(void)
{
    return false;
}

/* Time stands still. */
__attribute__((weak)) j6_time_t clock_now(void)
{
    return 0;
}

__attribute__((weak)) const char *symbol_find(vaddr_t address, uint64_t *out_offset)
{
    (void)address;
    (void)out_offset;
    return NULL;
}

/* Locks are checked in tests that link kernel/base/debug/lock_check.c; nobody measures or delays. */
__attribute__((weak)) void lock_check_take(const struct spinlock *lock)
{
    (void)lock;
}

__attribute__((weak)) void lock_check_taken(const struct spinlock *lock)
{
    (void)lock;
}

__attribute__((weak)) void lock_check_release(const struct spinlock *lock)
{
    (void)lock;
}

__attribute__((weak)) void lock_check_released(void)
{
}

__attribute__((weak)) void lock_check_patience(const struct spinlock *lock, j6_time_t since)
{
    (void)lock;
    (void)since;
}

__attribute__((weak)) void lock_check_none_held(void)
{
}

__attribute__((weak)) void lock_times_note(enum lock_rank rank, vaddr_t taker, j6_time_t time)
{
    (void)rank;
    (void)taker;
    (void)time;
}

__attribute__((weak)) void lock_times_warn(void)
{
}

__attribute__((weak)) void race_delay_now(void)
{
}

/* A thread of the host waits for another. */
__attribute__((weak)) void arch_spin_pause(void)
{
    __builtin_ia32_pause();
}

__attribute__((weak)) noreturn void panic(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "panic: ");
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

__attribute__((weak)) noreturn void assert_failed(const char *expression, const char *file,
                                                  int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
    abort();
}
