/* SPDX-License-Identifier: MIT */
/* Stands before the real header: what a program may not tell the TLB is written down instead. */
#pragma once
#define x86_invlpg    machine_invlpg
#define x86_write_cr3 machine_write_cr3
#include_next "arch/x86_64/x86.h"
#undef x86_invlpg
#undef x86_write_cr3

void x86_invlpg(uint64_t address);
void x86_write_cr3(uint64_t value);
