/* SPDX-License-Identifier: MIT */
/*
 * Calls as described in cpu_call.h. As for a TLB shootdown (arch/tlb.h), each CPU has one request and a
 * mask of the CPUs that want something of it, so a call needs no memory and can't fail.
 */
#include "kernel/cpu_call.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"

struct call_request {
    /* Written by the owning CPU, while nobody is to run it */
    void (*fn)(void *context);
    void *context;
    /* Atomic: CPUs that haven't returned from fn */
    _Atomic uint32_t running;
};

static PER_CPU(struct call_request, call_request);
static PER_CPU(_Atomic uint64_t, callers); /* CPUs that want something of this one */

/* Release in the countdown, acquire in cpu_call_wait: the caller sees what fn did. */
void cpu_calls_run(void)
{
    if (!(this_cpu(cpu)->pending & CPU_PENDING_CALL)) {
        return;
    }
    cpu_unpend(CPU_PENDING_CALL); /* before the mask is taken: a bit set later pends again */
    uint64_t from = atomic_exchange(this_cpu(callers), 0);
    while (from != 0) {
        struct call_request *request = cpu_of(cpu_block(cpu_mask_pop(&from)), call_request);
        request->fn(request->context);
        atomic_fetch_sub_explicit(&request->running, 1, memory_order_release);
    }
}

void cpu_call_start(uint64_t cpus, void (*fn)(void *context), void *context)
{
    struct call_request *request = this_cpu(call_request);
    spinlock_check_none_held();
    assert(request->running == 0);
    cpus &= cpus_online() & ~cpu_bit(cpu_index());
    request->fn = fn;
    request->context = context;
    atomic_store(&request->running, cpu_mask_count(cpus));
    while (cpus != 0) {
        uint32_t index = cpu_mask_pop(&cpus);
        atomic_fetch_or(cpu_of(cpu_block(index), callers), cpu_bit(cpu_index()));
        cpu_pend_on(index, CPU_PENDING_CALL);
        cpu_kick(index);
    }
}

void cpu_call_wait(void)
{
    struct call_request *request = this_cpu(call_request);
    while (atomic_load_explicit(&request->running, memory_order_acquire) != 0) {
        arch_let_interrupts_in();
        cpu_calls_run();
    }
}

void cpu_call(uint64_t cpus, void (*fn)(void *context), void *context)
{
    cpu_call_start(cpus, fn, context);
    if (cpus & cpu_bit(cpu_index())) {
        fn(context);
    }
    cpu_call_wait();
}
