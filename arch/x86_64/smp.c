/* SPDX-License-Identifier: MIT */
/*
 * Starting, interrupting and stopping other CPUs. They begin in real mode (ap_start.asm), pass
 * through page tables below 4 GiB that map nothing but their page and the kernel half, and go on in
 * smp_main with the kernel's own.
 */
#include "arch/x86_64/smp.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/fpu.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/trap.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/assert.h"
#include "kernel/base/debug/race_delay.h"
#include "lib/string.h"

/* What a number that nobody can claim is above of. */
#define WITHDRAWN 0x80000000u

enum { STOP_WAIT_NS = 500000000 };

/* In ap_start.asm, in this order. */
struct ap_parameters {
    _Atomic uint32_t next; /* the number that the next CPU gets */
    uint32_t limit;
    uint32_t root;
    uint32_t long_mode;
    uint16_t long_mode_selector;
    uint16_t gdt_limit;
    uint32_t gdt;
};

extern const char ap_start[], ap_start_end[], ap_start_parameters[];

/* Immutable after smp_prepare */
static paddr_t start_page;
static struct ap_parameters *parameters;

/* Atomic */
static _Atomic uint64_t stopping; /* CPUs that the next NMI stops */
static _Atomic uint64_t stopped;

static PER_CPU(struct cpu_place, stopped_at); /* written before the bit in `stopped` */

/* One entry at each level for the page, where virtual is physical, and the kernel half. */
static void tables_make(const paddr_t *tables)
{
    for (unsigned i = 0; i < SMP_PAGES - 1; i++) {
        memset(phys_to_virt(tables[i]), 0, PAGE_SIZE);
    }
    uint64_t *root = phys_to_virt(tables[0]);
    memcpy(root + KERNEL_HALF, (uint64_t *)phys_to_virt(kernel_page_table.root) + KERNEL_HALF,
           (ENTRIES - KERNEL_HALF) * sizeof(*root));
    root[0] = tables[1] | ENTRY_PRESENT;
    *(uint64_t *)phys_to_virt(tables[1]) = tables[2] | ENTRY_PRESENT;
    *(uint64_t *)phys_to_virt(tables[2]) = tables[3] | ENTRY_PRESENT;
    ((uint64_t *)phys_to_virt(tables[3]))[start_page >> PAGE_SHIFT] =
        start_page | page_bits(PAGE_EXEC | page_memory_caching);
}

void smp_prepare(const paddr_t *pages, uint32_t limit)
{
    char *page = phys_to_virt(pages[0]);
    start_page = pages[0];
    memcpy(page, ap_start, (size_t)(ap_start_end - ap_start));
    tables_make(&pages[1]);
    parameters = (struct ap_parameters *)(page + (ap_start_parameters - ap_start));
    parameters->root = (uint32_t)pages[1];
    parameters->long_mode += (uint32_t)start_page;
    parameters->gdt += (uint32_t)start_page;
    parameters->limit = limit;
    atomic_store(&parameters->next, 1);
}

bool smp_reaches(uint32_t apic_id)
{
    return apic_id <= apic_id_max();
}

void smp_send_init(uint32_t apic_id)
{
    apic_send(apic_id, APIC_SEND_INIT);
}

void smp_send_start(uint32_t apic_id)
{
    apic_send(apic_id, APIC_SEND_START | (uint32_t)(start_page >> PAGE_SHIFT));
}

uint32_t smp_withdraw(void)
{
    uint32_t next = atomic_exchange(&parameters->next, WITHDRAWN);
    return next < parameters->limit ? next : parameters->limit;
}

void smp_main(void *block)
{
    percpu_load(block);
    page_table_load(&kernel_page_table);
    desc_load();
    cpu_setup();
    pat_setup();
    fpu_setup();
    apic_setup();
    clock_setup();
    clock_check();
    upcall_cpu_started();
}

/* From the moment that its bit is set others see to it that it forgets pages; until then it does. */
void cpu_set_online(void)
{
    atomic_fetch_or(&cpu_mask_online, cpu_bit(cpu_index()));
    tlb_flush_all();
    clock_count_cpu();
}

void smp_interrupt(uint32_t index, uint8_t vector)
{
    race_delay();
    apic_send(cpu_of(cpu_block(index), cpu)->apic_id, APIC_SEND_FIXED | vector);
}

void cpu_kick(uint32_t index)
{
    smp_interrupt(index, VECTOR_KICK);
}

void smp_stop_if_told(const struct cpu_place *place)
{
    uint64_t own = cpu_bit(cpu_index());
    if (atomic_load(&stopping) & own) {
        *this_cpu(stopped_at) = *place;
        atomic_fetch_or(&stopped, own);
        arch_halt();
    }
}

void arch_stop_others(void)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    atomic_store(&stopping, others);
    for (uint64_t left = others; left != 0;) {
        apic_send(cpu_of(cpu_block(cpu_mask_pop(&left)), cpu)->apic_id, APIC_SEND_NMI);
    }
    j6_time_t end = clock_now() + STOP_WAIT_NS;
    while ((atomic_load(&stopped) & others) != others && clock_now() < end) {
        arch_pause();
    }
}

const struct cpu_place *arch_stopped_at(uint32_t index)
{
    static const struct cpu_place nowhere;
    if (!(atomic_load(&stopping) & cpu_bit(index))) {
        return NULL;
    }
    return atomic_load(&stopped) & cpu_bit(index) ? cpu_of(cpu_block(index), stopped_at) : &nowhere;
}
