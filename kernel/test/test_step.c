/* SPDX-License-Identifier: MIT */
/* Step points of work that no thread does. */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/test/tests.h"
#include "kernel/timer.h"

#define PATIENCE_NS 1000000000ull

static bool has_fired;

static void fired(struct timer *timer, uint64_t round)
{
    (void)timer;
    (void)round;
    has_fired = true;
}

bool self_test_a_step_point_without_a_thread_lets_interrupts_in(void)
{
    struct timer timer = {0};
    j6_time_t start = clock_now();
    bool right = true;
    timer_arm(&timer, start, fired);
    while (!has_fired && clock_now() - start < PATIENCE_NS) {
        right &= kernel_step_point() && !arch_interrupts_on();
    }
    timer_cancel(&timer);
    return right && has_fired;
}
