/* SPDX-License-Identifier: MIT */
/*
 * Figures in instructions: the emulator counts one tick of the time-stamp counter for each, so a
 * figure is the same from run to run. On a real clock the figures mean nothing.
 */
#pragma once
#include "userland/bench/ticks.h"
#include <j6/j6.h>

/* Prints `BENCH name value unit`. */
void bench_report(const char *name, uint64_t value, const char *unit);

/* Prints `BENCH name@n value insn`: what the operation costs beside n of a thing. */
void bench_report_at(const char *name, uint64_t n, uint64_t value);

/* Ends the benchmarks when a call that they stand on fails. */
void bench_require(j6_status_t status, const char *what);

/* The bytes of memory that aren't free, but for the boot modules. */
uint64_t bench_memory_in_use(void);

void bench_boot(void);
void bench_calls(void);
void bench_faults(void);
void bench_memory(void);
void bench_copies(void);
void bench_threads(void);
void bench_channels(void);
void bench_crowds(void);
void bench_processes(void);
void bench_linux(void);
void bench_ipc(void);
void bench_ipc_growth(void);
void bench_files(void);
void bench_interrupts(void);

/* For who counts what a call consists of (tests/run/counts.py). */
void bench_calls_for_ever(void);

void bench_scaling(void);
void bench_screen(void);
void bench_growth(void);
void bench_lists(void);
