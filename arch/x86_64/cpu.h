/* SPDX-License-Identifier: MIT */
/*
 * What the CPU offers, as CPUID tells it (Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E).
 * Immutable after arch_cpu_init. All CPUs of a machine are taken to be alike.
 */
#pragma once
#include "arch/x86_64/x86.h"
#include <stdbool.h>
#include <stdint.h>

/* X(leaf, register, bit, name). The first list is shown at boot, both are in struct cpu_features. */
#define CPU_FEATURES_SHOWN(X)               \
    X(leaf_80000001, edx, 20, nx)           \
    X(leaf_7, ebx, 7, smep)                 \
    X(leaf_7, ebx, 20, smap)                \
    X(leaf_7, ecx, 2, umip)                 \
    X(leaf_7, ebx, 0, fsgsbase)             \
    X(leaf_1, ecx, 26, xsave)               \
    X(leaf_d_1, eax, 0, xsaveopt)           \
    X(leaf_1, ecx, 17, pcid)                \
    X(leaf_7, ebx, 10, invpcid)             \
    X(leaf_80000001, edx, 26, pages_1g)     \
    X(leaf_1, ecx, 21, x2apic)              \
    X(leaf_1, ecx, 24, tsc_deadline)        \
    X(leaf_80000007, edx, 8, tsc_invariant) \
    X(leaf_7, ebx, 1, tsc_adjust)           \
    X(leaf_1, ecx, 30, rdrand)              \
    X(leaf_7, ebx, 18, rdseed)              \
    X(leaf_1, ecx, 31, hypervisor)

#define CPU_FEATURES_OTHER(X)    \
    X(leaf_1, edx, 7, mce)       \
    X(leaf_1, edx, 9, apic)      \
    X(leaf_1, edx, 11, sysenter) \
    X(leaf_1, edx, 12, mtrr)     \
    X(leaf_1, edx, 13, pge)      \
    X(leaf_1, edx, 16, pat)      \
    X(leaf_7, ebx, 9, erms)      \
    X(leaf_7, edx, 4, fsrm)      \
    X(leaf_80000008, ebx, 2, fpu_pointers) /* AMD: a restore always loads FIP, FDP and FOP */

struct cpu_features {
#define CPU_FEATURE_FIELD(leaf, reg, bit, name) bool name;
    CPU_FEATURES_SHOWN(CPU_FEATURE_FIELD)
    CPU_FEATURES_OTHER(CPU_FEATURE_FIELD)
#undef CPU_FEATURE_FIELD
    bool amd;              /* or Hygon, which is AMD's design */
    uint8_t physical_bits; /* width of physical addresses */
    char vendor[13];
    char brand[49];
};

extern struct cpu_features cpu_features;

/* Turns on what arch_cpu_init found, on this CPU. */
void cpu_setup(void);

/* This CPU's GS base points at the block from now on. */
void percpu_load(void *block);

/* Programs this CPU's PAT. */
void pat_setup(void);

/* CPUID of a leaf, zeros where the CPU doesn't have it. */
struct cpuid cpu_leaf(uint32_t leaf, uint32_t subleaf);

/* Where SYSCALL goes: entry.asm. Not for C to call. */
void syscall_entry(void);
