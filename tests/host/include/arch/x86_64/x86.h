/* SPDX-License-Identifier: MIT */
/*
 * Stands before the real header: what a program may not tell the TLB is written down instead, and
 * time stamps and registers are what a test makes of them.
 */
#pragma once
#define x86_invlpg        machine_invlpg
#define x86_write_cr3     machine_write_cr3
#define x86_rdtsc         machine_rdtsc
#define x86_rdtsc_ordered machine_rdtsc_ordered
#define x86_rdmsr         machine_rdmsr
#define x86_wrmsr         machine_wrmsr
#include_next "arch/x86_64/x86.h"
#undef x86_invlpg
#undef x86_write_cr3
#undef x86_rdtsc
#undef x86_rdtsc_ordered
#undef x86_rdmsr
#undef x86_wrmsr

void x86_invlpg(uint64_t address);
void x86_write_cr3(uint64_t value);
uint64_t x86_rdtsc(void);
uint64_t x86_rdtsc_ordered(void);
uint64_t x86_rdmsr(uint32_t msr);
void x86_wrmsr(uint32_t msr, uint64_t value);
