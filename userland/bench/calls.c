/* SPDX-License-Identifier: MIT */
/*
 * calibration_2m: a loop of 2,000,000 instructions, to show that ticks are instructions.
 * null_syscall: one noop call from user mode to user mode, its stub included; the loop around it is
 * measured empty and taken off.
 * clock_read: one j6_clock, in the same way.
 */
#include "userland/bench/bench.h"

enum { CALLS = 10000 };

static uint64_t calibrate(void)
{
    uint64_t turns = 1000000;
    uint64_t start = ticks();
    __asm__ volatile("1:\tdec %0\n\tjnz 1b" : "+r"(turns));
    return ticks() - start;
}

static uint64_t empty_loop(void)
{
    uint64_t start = ticks();
    for (int i = 0; i < CALLS; i++) {
        __asm__ volatile("" : : : "rax", "rcx", "r11", "memory");
    }
    return ticks() - start;
}

static uint64_t noop_loop(void)
{
    uint64_t start = ticks();
    for (int i = 0; i < CALLS; i++) {
        j6_noop();
    }
    return ticks() - start;
}

static uint64_t clock_loop(void)
{
    j6_time_t now;
    uint64_t start = ticks();
    for (int i = 0; i < CALLS; i++) {
        j6_clock(&now);
    }
    return ticks() - start;
}

void bench_calls(void)
{
    bench_report("calibration_2m", calibrate(), "insn");
    noop_loop();
    bench_report("null_syscall", (noop_loop() - empty_loop()) / CALLS, "insn");
    clock_loop(); /* brings the page in */
    bench_report("clock_read", (clock_loop() - empty_loop()) / CALLS, "insn");
}
