/* SPDX-License-Identifier: MIT */
/* The block of the CPU that boots lies in the kernel image. */
#include "arch/arch.h"
#include "arch/x86_64/x86.h"

extern char percpu_boot_block[]; /* link.ld */

__attribute__((section(".percpu.first"))) struct cpu cpu;

void arch_percpu_init(void)
{
    x86_wrmsr(MSR_GS_BASE, (uint64_t)percpu_boot_block);
    cpu_of(percpu_boot_block, cpu)->block = percpu_boot_block;
}
