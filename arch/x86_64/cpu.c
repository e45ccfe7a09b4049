/* SPDX-License-Identifier: MIT */
/*
 * Finds out what the CPU can do and turns it on: protection of the kernel from itself (WP, NX) and
 * from users (SMEP, SMAP, UMIP), the instructions that users may have, and SYSCALL. What an older
 * CPU lacks stays off; nothing here is required beyond long mode.
 */
#include "arch/x86_64/cpu.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"
#include "kernel/base/spinlock.h"
#include "lib/string.h"

#define MSR_SYSENTER_CS 0x174

#define EXTENDED_LEAVES 0x80000000u
#define BRAND_LEAF      0x80000002u

enum { BRAND_LEAVES = 3, PHYSICAL_BITS_DEFAULT = 36, USER_LEVEL = 3 };

struct cpu_features cpu_features;

struct cpuid cpu_leaf(uint32_t leaf, uint32_t subleaf)
{
    /* Intel CPUs answer for a leaf that is too high with the highest one. */
    uint32_t highest = x86_cpuid(leaf & EXTENDED_LEAVES, 0).eax;
    return leaf <= highest ? x86_cpuid(leaf, subleaf) : (struct cpuid){0};
}

static void names_read(struct cpu_features *f)
{
    struct cpuid leaf = x86_cpuid(0, 0);
    memcpy(f->vendor, &leaf.ebx, 4);
    memcpy(f->vendor + 4, &leaf.edx, 4);
    memcpy(f->vendor + 8, &leaf.ecx, 4);
    f->amd = string_equal(f->vendor, "AuthenticAMD") || string_equal(f->vendor, "HygonGenuine");

    char brand[sizeof(f->brand)] = {0};
    for (unsigned i = 0; i < BRAND_LEAVES; i++) {
        leaf = cpu_leaf(BRAND_LEAF + i, 0);
        memcpy(brand + i * sizeof(leaf), &leaf, sizeof(leaf));
    }
    const char *start = brand;
    size_t len = strlen(brand);
    while (*start == ' ') { /* some are padded on the left, some on the right */
        start++;
    }
    while (len > 0 && brand[len - 1] == ' ') {
        brand[--len] = 0;
    }
    string_copy(f->brand, sizeof(f->brand), *start != 0 ? start : f->vendor);
}

static void features_read(struct cpu_features *f)
{
    struct cpuid leaf_1 = cpu_leaf(1, 0);
    struct cpuid leaf_7 = cpu_leaf(7, 0);
    struct cpuid leaf_d_1 = cpu_leaf(0xd, 1);
    struct cpuid leaf_80000001 = cpu_leaf(0x80000001, 0);
    struct cpuid leaf_80000007 = cpu_leaf(0x80000007, 0);
    struct cpuid leaf_80000008 = cpu_leaf(0x80000008, 0);

#define FEATURE_READ(leaf, reg, bit, name) f->name = (leaf.reg >> (bit)&1) != 0;
    CPU_FEATURES_SHOWN(FEATURE_READ)
    CPU_FEATURES_OTHER(FEATURE_READ)
#undef FEATURE_READ

    uint8_t bits = (uint8_t)leaf_80000008.eax;
    f->physical_bits = bits != 0 ? bits : PHYSICAL_BITS_DEFAULT;
}

static void control_registers_setup(const struct cpu_features *f)
{
    x86_write_cr0((x86_read_cr0() | CR0_WP | CR0_AM | CR0_NE | CR0_MP) & ~CR0_EM);

    uint64_t cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT; /* nothing of the firmware's */
    cr4 |= f->pge ? CR4_PGE : 0;
    cr4 |= f->mce ? CR4_MCE : 0;
    cr4 |= f->smep ? CR4_SMEP : 0;
    cr4 |= f->smap ? CR4_SMAP : 0;
    cr4 |= f->umip ? CR4_UMIP : 0;
    cr4 |= f->fsgsbase ? CR4_FSGSBASE : 0;
    cr4 |= f->xsave ? CR4_OSXSAVE : 0;
    x86_write_cr4(cr4);
}

/* Intel SDM vol. 3, §5.8.8. There is no 32-bit code segment, so CSTAR is never used. */
static void syscall_setup(const struct cpu_features *f)
{
    x86_wrmsr(MSR_EFER, x86_rdmsr(MSR_EFER) | EFER_SCE | EFER_NXE);
    /* Not every CPU sets the privilege level in the SS that SYSRET loads. */
    uint64_t sysret_base = SELECTOR_SYSRET_BASE | USER_LEVEL;
    x86_wrmsr(MSR_STAR, sysret_base << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    x86_wrmsr(MSR_LSTAR, (uint64_t)syscall_entry);
    x86_wrmsr(MSR_CSTAR, (uint64_t)syscall_entry);
    x86_wrmsr(MSR_FMASK, RFLAGS_SYSCALL_CLEARS);
    if (f->sysenter) {
        x86_wrmsr(MSR_SYSENTER_CS, 0); /* makes SYSENTER a #GP */
    }
}

static void features_log(const struct cpu_features *f)
{
#define FEATURE_SIZE(leaf, reg, bit, name) +sizeof(#name)
#define FEATURE_NAME(leaf, reg, bit, name) f->name ? #name : NULL,
    char list[1 CPU_FEATURES_SHOWN(FEATURE_SIZE)]; /* each with a space before it */
    const char *const names[] = {CPU_FEATURES_SHOWN(FEATURE_NAME)};
#undef FEATURE_SIZE
#undef FEATURE_NAME
    size_t len = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i] != NULL) {
            list[len++] = ' ';
            string_copy(list + len, sizeof(list) - len, names[i]);
            len += strlen(names[i]);
        }
    }
    list[len] = 0;
    log_info("cpu     %s, %u-bit addresses", f->brand, f->physical_bits);
    log_info("cpu    %s", list);
}

void cpu_setup(void)
{
    control_registers_setup(&cpu_features);
    syscall_setup(&cpu_features);
    x86_wrmsr(MSR_KERNEL_GS_BASE, 0); /* what users start with */
}

void arch_cpu_init(void)
{
    features_read(&cpu_features);
    names_read(&cpu_features);
    cpu_setup();
    features_log(&cpu_features);
}

/* STI takes effect after the next instruction: no interrupt slips in before HLT. */
void arch_idle(void)
{
    spinlock_check_none_held();
    if (KERNEL_DEBUG) {
        upcall_watch_idle(true);
    }
    __asm__ volatile("sti\n\thlt\n\tcli" ::: "memory");
    if (KERNEL_DEBUG) {
        upcall_watch_idle(false);
    }
}

/*
 * Interrupts come in after the instruction behind STI. That is a NOP and not the PAUSE, which lets
 * QEMU's shadow of STI last on to the CLI.
 */
void arch_let_interrupts_in(void)
{
    spinlock_check_none_held();
    __asm__ volatile("pause\n\tsti\n\tnop\n\tcli" ::: "memory");
}

bool arch_interrupts_on(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpop %0" : "=r"(flags)::"memory");
    return (flags & RFLAGS_IF) != 0;
}
