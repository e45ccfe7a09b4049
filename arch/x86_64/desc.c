/* SPDX-License-Identifier: MIT */
/*
 * GDT, TSS and IDT (Intel SDM vol. 3, §3.4.5, §6.14, §8.7). Interrupts that may come at any
 * instruction, also between SWAPGS and the stack switch, get a stack of their own; its top word
 * holds the CPU's block, so that their entry needs no GS base to be right.
 */
#include "arch/x86_64/desc.h"
#include "arch/arch.h"
#include "arch/cpu.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/trap.h"
#include "arch/x86_64/tss.h"
#include "arch/x86_64/x86.h"
#include "lib/string.h"

struct idt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type; /* 0x8e: interrupt gate, ring 0; 0xee: ring 3 may raise it by INT n */
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t zero;
};
_Static_assert(sizeof(struct idt_gate) == 16, "Intel SDM vol. 3, figure 6-8");

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

enum { IDT_ENTRIES = 256, GDT_ENTRIES = 8, EARLY_STACK_SIZE = PAGE_SIZE };

PER_CPU(struct tss, tss);
static PER_CPU(uint64_t, gdt[GDT_ENTRIES]);
static struct idt_gate idt[IDT_ENTRIES] __attribute__((aligned(4096)));
static uint8_t early_ist[IST_COUNT][EARLY_STACK_SIZE] __attribute__((aligned(4096)));

static void gdt_fill(uint64_t *table, const struct tss *task)
{
    uint64_t base = (uint64_t)task;
    table[0] = 0;
    table[1] = 0x00af9b000000ffff; /* kernel code, 64 bit */
    table[2] = 0x00cf93000000ffff; /* kernel data */
    table[3] = 0;                  /* SYSRET to 32-bit code: not offered */
    table[4] = 0x00cff3000000ffff; /* user data */
    table[5] = 0x00affb000000ffff; /* user code, 64 bit */
    table[6] = TSS_LIMIT | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    table[7] = base >> 32;
}

static void gdt_load(uint64_t *table)
{
    struct table_pointer pointer = {GDT_ENTRIES * 8 - 1, (uint64_t)table};
    __asm__ volatile("lgdt %0\n\t"
                     "push %1\n\t"
                     "lea 1f(%%rip), %%rax\n\t"
                     "push %%rax\n\t"
                     "lretq\n"
                     "1: mov %2, %%ss\n\t"
                     "mov %3, %%ds\n\t"
                     "mov %3, %%es"
                     :
                     : "m"(pointer), "i"(SELECTOR_KERNEL_CODE), "r"(SELECTOR_KERNEL_DATA), "r"(0)
                     : "rax", "memory");
    __asm__ volatile("ltr %0" ::"r"((uint16_t)SELECTOR_TSS));
}

static uint8_t ist_of(unsigned vector)
{
    switch (vector) {
    case VECTOR_DEBUG: return IST_DEBUG;
    case VECTOR_NMI: return IST_NMI;
    case VECTOR_DOUBLE_FAULT: return IST_DOUBLE_FAULT;
    case VECTOR_MACHINE_CHECK: return IST_MACHINE_CHECK;
    default: return 0;
    }
}

static void idt_fill(void)
{
    for (unsigned i = 0; i < IDT_ENTRIES; i++) {
        uint64_t stub = (uint64_t)trap_stubs + i * TRAP_STUB_SIZE;
        bool user = i == VECTOR_BREAKPOINT || i == VECTOR_OVERFLOW;
        idt[i] = (struct idt_gate){
            .offset_low = (uint16_t)stub,
            .selector = SELECTOR_KERNEL_CODE,
            .ist = ist_of(i),
            .type = user ? 0xee : 0x8e,
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
        };
    }
}

/* The CPU's block goes into the top word; 16 bytes keep the alignment. */
static uint64_t ist_prepare(void *block, vaddr_t top)
{
    uint64_t *slot = (uint64_t *)(top - 16);
    *slot = (uint64_t)block;
    return (uint64_t)slot;
}

void arch_set_kernel_stack(vaddr_t stack_top)
{
    this_cpu(tss)->rsp[0] = stack_top;
    this_cpu(cpu)->kernel_stack = stack_top;
}

void desc_set_stacks(void *block, vaddr_t kernel_stack, vaddr_t irq_stack,
                     const vaddr_t ist[IST_COUNT])
{
    struct tss *task = cpu_of(block, tss);
    for (unsigned i = 0; i < IST_COUNT; i++) {
        task->ist[i] = ist_prepare(block, ist[i]);
    }
    task->rsp[0] = kernel_stack;
    cpu_of(block, cpu)->kernel_stack = kernel_stack;
    cpu_of(block, cpu)->irq_stack = irq_stack;
}

void desc_load(void)
{
    struct tss *task = this_cpu(tss);
    uint64_t *table = *this_cpu(gdt);
    task->io_map_base = TSS_NO_IO_MAP;
    task->io_map_end = 0xff;
    gdt_fill(table, task);
    void *block = percpu_block();
    gdt_load(table);
    percpu_load(block); /* loading segments may have cleared the GS base */
    struct table_pointer pointer = {sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" ::"m"(pointer));
}

void desc_init(void)
{
    vaddr_t ist[IST_COUNT];
    for (unsigned i = 0; i < IST_COUNT; i++) {
        ist[i] = (vaddr_t)early_ist[i] + EARLY_STACK_SIZE;
    }
    desc_set_stacks(percpu_block(), 0, 0, ist);
    idt_fill();
    desc_load();
}
