/* SPDX-License-Identifier: MIT */
/* Step points as described in arch/upcall.h, and the stacks that threads keep there (kernel/step.h). */
#include "kernel/step.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/base/grace.h"
#include "kernel/base/spinlock.h"
#include "kernel/cpu_call.h"
#include "kernel/sched.h"

/* One for each CPU is enough that one thread on each makes way; more than one may on some. */
enum { SPARES_MAX = CPU_MAX };

static struct {
    struct spinlock lock;
    /* Guarded by lock */
    vaddr_t top[SPARES_MAX];
    unsigned count;
} spares = {.lock = SPINLOCK_INIT(RANK_STACKS)};

/* The stack that this CPU was on before it went on with a thread's own. */
static PER_CPU(vaddr_t, left);

void step_stack_add(vaddr_t stack_top)
{
    spinlock_lock(&spares.lock);
    assert(spares.count < SPARES_MAX);
    spares.top[spares.count++] = stack_top;
    spinlock_unlock(&spares.lock);
}

/* 0: there is none. */
static vaddr_t spare_take(void)
{
    spinlock_lock(&spares.lock);
    vaddr_t top = spares.count > 0 ? spares.top[--spares.count] : 0;
    spinlock_unlock(&spares.lock);
    return top;
}

/*
 * The thread is still the running one when the other stack is reached: only then is it put among the
 * ready ones, so nobody can resume it, here or elsewhere, before this stack has been left.
 */
static void make_way(struct thread *thread, vaddr_t spare)
{
    thread->kept_stack = this_cpu(cpu)->kernel_stack;
    arch_set_kernel_stack(spare);
    arch_stack_leave(&thread->kept_sp, spare, kernel_leave);
    step_stack_add(*this_cpu(left)); /* of the CPU that resumed it */
}

void step_resume(struct thread *thread)
{
    vaddr_t kept = thread->kept_stack;
    thread->kept_stack = 0;
    *this_cpu(left) = this_cpu(cpu)->kernel_stack;
    arch_set_kernel_stack(kept);
    arch_stack_resume(thread->kept_sp);
}

bool kernel_step_point(void)
{
    spinlock_check_none_held();
    arch_let_interrupts_in();
    struct thread *thread = sched_worker();
    if (thread == NULL) {
        return true;
    }
    if (this_cpu(cpu)->pending & (CPU_PENDING_GRACE | CPU_PENDING_CALL)) {
        grace_report(); /* others wait for this CPU */
        cpu_calls_run();
    }
    if (sched_is_turn_over(thread)) {
        vaddr_t spare = spare_take();
        if (spare != 0) {
            make_way(thread, spare);
        }
    }
    if (!atomic_load_explicit(&thread->killed, memory_order_acquire)) {
        return true;
    }
    cpu_pend(CPU_PENDING_END); /* maybe killed while it wasn't running */
    return false;
}
