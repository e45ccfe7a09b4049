/* SPDX-License-Identifier: MIT */
/* TLB shootdown as described in arch/tlb.h, by interrupt. The steps S1 to A2 are the ones there. */
#include "arch/tlb.h"
#include "arch/arch.h"
#include "arch/x86_64/page_table_load.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/smp.h"
#include "arch/x86_64/trap.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/spinlock.h"
#include "lib/string.h"

struct tlb_request {
    /* Written by the owning CPU, while nobody is to answer */
    unsigned count; /* above TLB_PAGES_MAX: everything */
    vaddr_t pages[TLB_PAGES_MAX];
    /* Atomic */
    _Atomic uint32_t unanswered;
};

static PER_CPU(struct tlb_request, tlb_request);
static PER_CPU(_Atomic uint64_t, tlb_askers); /* CPUs that want something of this one */
static PER_CPU(uint64_t, tlb_answers);        /* of this CPU, in the debug kernel */

uint64_t tlb_answers_given(void)
{
    return *this_cpu(tlb_answers);
}

/* A change of CR4.PGE drops everything, a write of CR3 all that isn't global (SDM vol. 3, §4.10.4.1). */
void tlb_flush_all(void)
{
    if (cpu_features.pge) {
        uint64_t cr4 = x86_read_cr4();
        x86_write_cr4(cr4 & ~CR4_PGE);
        x86_write_cr4(cr4);
    } else {
        x86_write_cr3(x86_read_cr3());
    }
}

static void forget(const struct tlb_request *request)
{
    if (request->count > TLB_PAGES_MAX) {
        tlb_flush_all();
        return;
    }
    for (unsigned i = 0; i < request->count; i++) {
        x86_invlpg(request->pages[i]);
    }
}

/* Release in the countdown, acquire at S3: what this CPU did with the pages is over. */
void tlb_answer(void)
{
    if (KERNEL_DEBUG) {
        (*this_cpu(tlb_answers))++;
    }
    race_delay();
    page_table_let_go();
    uint64_t askers = atomic_exchange(this_cpu(tlb_askers), 0); /* A1 */
    while (askers != 0) {
        struct tlb_request *request = cpu_of(cpu_block(cpu_mask_pop(&askers)), tlb_request);
        forget(request); /* A2 */
        atomic_fetch_sub_explicit(&request->unanswered, 1, memory_order_release);
    }
}

void arch_spin_pause(void)
{
    arch_pause();
    if (atomic_load_explicit(this_cpu(tlb_askers), memory_order_relaxed) != 0) {
        tlb_answer();
    }
}

static bool on_irq_stack(void)
{
    return this_cpu(cpu)->irq_stack - (vaddr_t)__builtin_frame_address(0) < KERNEL_STACK_SIZE;
}

void tlb_shootdown(uint64_t cpus, const vaddr_t *pages, unsigned count)
{
    struct tlb_request *request = this_cpu(tlb_request);
    spinlock_check_none_held();
    cpus &= cpus_online() & ~cpu_bit(cpu_index());
    if (cpus == 0) {
        return;
    }
    assert(!on_irq_stack());
    request->count = count;
    if (count <= TLB_PAGES_MAX) {
        memcpy(request->pages, pages, count * sizeof(*pages));
    }
    atomic_store(&request->unanswered, cpu_mask_count(cpus)); /* S1 */
    while (cpus != 0) {
        uint32_t index = cpu_mask_pop(&cpus);
        uint64_t own = cpu_bit(cpu_index());
        if (atomic_fetch_or(cpu_of(cpu_block(index), tlb_askers), own) == 0) { /* S2 */
            smp_interrupt(index, VECTOR_TLB);
        }
    }
    while (atomic_load_explicit(&request->unanswered, memory_order_acquire) != 0) { /* S3 */
        arch_let_interrupts_in();
    }
}
