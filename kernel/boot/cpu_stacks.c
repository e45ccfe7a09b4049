/* SPDX-License-Identifier: MIT */
#include "kernel/boot/cpu_stacks.h"
#include "arch/layout.h"
#include "arch/x86_64/desc.h"
#include "kernel/step.h"
#include "mm/guarded.h"

enum { KERNEL_STACK = IST_COUNT, IRQ_STACK, SPARE_STACK, STACKS };

bool cpu_stacks_give(void *block)
{
    vaddr_t top[STACKS];
    for (unsigned i = 0; i < STACKS; i++) {
        vaddr_t start;
        if (guarded_alloc(&kernel_stacks, &start) != j6_status_ok) {
            while (i-- > 0) {
                guarded_free(&kernel_stacks, top[i] - KERNEL_STACK_SIZE);
            }
            return false;
        }
        top[i] = start + KERNEL_STACK_SIZE;
    }
    step_stack_add(top[SPARE_STACK]);
    desc_set_stacks(block, top[KERNEL_STACK], top[IRQ_STACK], top);
    return true;
}
