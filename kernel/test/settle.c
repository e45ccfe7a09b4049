/* SPDX-License-Identifier: MIT */
/* What has ended is freed when the CPUs have passed; this one reminds them as it waits. */
#include "kernel/test/settle.h"
#include "arch/arch.h"
#include "kernel/base/grace.h"

void settle(void)
{
    while (!grace_is_idle()) {
        grace_pass();
        arch_let_interrupts_in();
    }
}
