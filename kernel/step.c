/* SPDX-License-Identifier: MIT */
/* Step points as described in arch/upcall.h, and the stacks that threads keep there (kernel/step.h). */
#include "kernel/step.h"
#include "arch/arch.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "kernel/sched.h"
#include "mm/guarded.h"

enum { SPARES_MAX = 4 };

/* Only the owning CPU */
struct spare_stacks {
    vaddr_t top[SPARES_MAX];
    unsigned count;
    vaddr_t left; /* the stack that the CPU was on before it went on with a thread's own */
};

static PER_CPU(struct spare_stacks, spare_stacks);

static bool is_spare(const struct spare_stacks *spares, vaddr_t stack_top)
{
    for (unsigned i = 0; i < spares->count; i++) {
        if (spares->top[i] == stack_top) {
            return true;
        }
    }
    return false;
}

void step_stack_add(vaddr_t stack_top)
{
    struct spare_stacks *spares = this_cpu(spare_stacks);
    assert(stack_top != this_cpu(cpu)->kernel_stack && !is_spare(spares, stack_top));
    if (spares->count < SPARES_MAX) {
        spares->top[spares->count++] = stack_top;
    } else {
        guarded_free(&kernel_stacks, stack_top - KERNEL_STACK_SIZE);
    }
}

/*
 * The thread is still the running one when the other stack is reached: only then is it put among the
 * ready ones, so nobody can resume it here before this stack has been left.
 */
static void make_way(struct thread *thread)
{
    struct spare_stacks *spares = this_cpu(spare_stacks);
    vaddr_t spare = spares->top[--spares->count];
    thread->kept_stack = this_cpu(cpu)->kernel_stack;
    arch_set_kernel_stack(spare);
    arch_stack_leave(&thread->kept_sp, spare, kernel_leave);
    step_stack_add(this_cpu(spare_stacks)->left); /* this may be another CPU */
}

void step_resume(struct thread *thread)
{
    vaddr_t kept = thread->kept_stack;
    thread->kept_stack = 0;
    this_cpu(spare_stacks)->left = this_cpu(cpu)->kernel_stack;
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
    if (sched_is_turn_over(thread) && this_cpu(spare_stacks)->count > 0) {
        make_way(thread);
    }
    if (!atomic_load_explicit(&thread->killed, memory_order_acquire)) {
        return true;
    }
    cpu_pend(CPU_PENDING_END); /* maybe killed while it wasn't running */
    return false;
}
