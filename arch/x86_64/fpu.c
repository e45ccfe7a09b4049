/* SPDX-License-Identifier: MIT */
/*
 * Saves and restores FPU state with XSAVEOPT, XSAVE or FXSAVE (Intel SDM vol. 1, chapters 10.5 and
 * 13), in the standard format.
 *
 * A state saved at a switch still is in the registers while no other FPU thread runs on this CPU,
 * since TS keeps everybody else out. So the restore is left out when both sides agree on that:
 *   - the CPU: `owner` is the thread whose state was loaded last here;
 *   - the thread: `uses_fpu` is 1 + the index of the CPU that loaded it last, 0 if none ever did.
 * A new thread at the address of a dead owner starts with 0, and one that ran elsewhere meanwhile
 * carries the other CPU's number.
 */
#include "arch/x86_64/fpu.h"
#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/assert.h"
#include "kernel/base/cpu_counts.h"
#include "lib/bits.h"
#include "lib/string.h"

/* State components (Intel SDM vol. 1, §13.1). */
#define XCR0_X87    (1ull << 0)
#define XCR0_SSE    (1ull << 1)
#define XCR0_AVX    (1ull << 2)
#define XCR0_AVX512 (7ull << 5)

enum { XSAVE_LEAF = 0xd, FPU_ALIGN = 64 };

/* The part common to all formats (Intel SDM vol. 1, table 10-2). */
struct fxsave_area {
    uint16_t control;
    uint16_t status;
    uint8_t tags; /* abridged: 0 is empty */
    uint8_t zero;
    uint16_t opcode;
    uint64_t instruction_pointer;
    uint64_t data_pointer;
    uint32_t mxcsr;
    uint32_t mxcsr_mask;
    uint8_t registers[480];
};
_Static_assert(sizeof(struct fxsave_area) == 512, "Intel SDM vol. 1, table 10-2");

enum { CONTROL_INITIAL = 0x37f, MXCSR_INITIAL = 0x1f80 };

/* Immutable after arch_fpu_init */
static size_t area_size = sizeof(struct fxsave_area);
static uint64_t xcr0;      /* the state components that are in use */
static bool pointers_leak; /* see registers_restore */

/* Only the owning CPU */
struct fpu_cpu {
    struct tcb *owner;
    bool on; /* is CR0.TS clear? */
};
static PER_CPU(struct fpu_cpu, fpu_cpu);

static void turn_on(struct fpu_cpu *fpu)
{
    if (!fpu->on) {
        fpu->on = true;
        __asm__ volatile("clts");
    }
}

static void turn_off(void)
{
    if (this_cpu_read(fpu_cpu.on)) {
        this_cpu(fpu_cpu)->on = false;
        x86_write_cr0(x86_read_cr0() | CR0_TS);
    }
}

/* A mask of all ones asks for everything that XCR0 has turned on. */
static void registers_save(void *area)
{
    if (cpu_features.xsaveopt) {
        __asm__ volatile("xsaveopt64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
    } else if (cpu_features.xsave) {
        __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
    } else {
        __asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
    }
}

/*
 * Older AMD CPUs restore the pointers of the last x87 instruction only while an exception is
 * pending, else the next thread could read the last one's: a dummy load overwrites them.
 */
static void registers_restore(const void *area)
{
    if (pointers_leak) {
        __asm__ volatile("fnclex\n\temms\n\tfildl %0" ::"m"(area_size));
    }
    if (cpu_features.xsave) {
        __asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
    } else {
        __asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
    }
}

static void state_load(struct fpu_cpu *fpu, struct tcb *tcb)
{
    cpu_count(fpu_loads);
    registers_restore(tcb->fpu_area);
    tcb->uses_fpu = 1 + cpu_index();
    fpu->owner = tcb;
}

/* An all-zero XSAVE header says that every component is in its initial state. */
static void area_init(void *area)
{
    struct fxsave_area *fxsave = area;
    memset(area, 0, area_size);
    fxsave->control = CONTROL_INITIAL;
    fxsave->mxcsr = MXCSR_INITIAL;
}

void fpu_first_use(struct tcb *tcb)
{
    struct fpu_cpu *fpu = this_cpu(fpu_cpu);
    assert(tcb->uses_fpu == 0);
    area_init(tcb->fpu_area);
    turn_on(fpu);
    state_load(fpu, tcb);
}

void fpu_save(struct tcb *tcb)
{
    registers_save(tcb->fpu_area);
}

void fpu_load(struct tcb *tcb)
{
    if (tcb->uses_fpu == 0) {
        turn_off();
        return;
    }
    struct fpu_cpu *fpu = this_cpu(fpu_cpu);
    turn_on(fpu);
    if (fpu->owner != tcb || tcb->uses_fpu != 1 + cpu_index()) {
        state_load(fpu, tcb);
    }
}

size_t fpu_area_size(void)
{
    return area_size;
}

static void components_find(void)
{
    struct cpuid leaf = x86_cpuid(XSAVE_LEAF, 0);
    uint64_t supported = (uint64_t)leaf.edx << 32 | leaf.eax;
    uint64_t wanted = supported & (XCR0_X87 | XCR0_SSE | XCR0_AVX);
    if ((supported & XCR0_AVX512) == XCR0_AVX512 && (wanted & XCR0_AVX) != 0) {
        wanted |= XCR0_AVX512;
    }
    xcr0 = wanted;
}

void fpu_setup(void)
{
    if (cpu_features.xsave) {
        __asm__ volatile("xsetbv" ::"c"(0), "a"((uint32_t)xcr0), "d"((uint32_t)(xcr0 >> 32)));
    }
    x86_write_cr0(x86_read_cr0() | CR0_TS);
}

void arch_fpu_init(void)
{
    if (cpu_features.xsave) {
        components_find();
    }
    pointers_leak = cpu_features.amd && !cpu_features.fpu_pointers;
    fpu_setup();
    if (cpu_features.xsave) {
        area_size = align_up(x86_cpuid(XSAVE_LEAF, 0).ebx, FPU_ALIGN); /* of what is on now */
    }
}
