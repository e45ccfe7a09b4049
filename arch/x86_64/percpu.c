/* SPDX-License-Identifier: MIT */
/* Blocks of variables per CPU. That of the CPU that boots lies in the kernel image. */
#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"

extern char percpu_boot_block[]; /* link.ld */

__attribute__((section(".percpu.first"))) struct cpu cpu;

void *cpu_blocks[CPU_MAX];
_Atomic uint64_t cpu_mask_online;

void percpu_load(void *block)
{
    x86_wrmsr(MSR_GS_BASE, (uint64_t)block);
}

void arch_percpu_init(void)
{
    cpu_of(percpu_boot_block, cpu)->block = percpu_boot_block;
    percpu_load(percpu_boot_block);
    cpu_blocks[0] = percpu_boot_block;
    atomic_store(&cpu_mask_online, cpu_bit(0));
}
