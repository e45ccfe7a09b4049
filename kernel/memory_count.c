/* SPDX-License-Identifier: MIT */
#include "kernel/memory_count.h"
#include "arch/cpu.h"
#include "kernel/base/grace.h"
#include "kernel/cpu_call.h"
#include "kernel/sched.h"
#include "mm/frame.h"
#include "mm/memory.h"
#include <stddef.h>

enum { SETTLE_ROUNDS = 1000 };

static void drain(void *context)
{
    (void)context;
    memory_drain();
}

static void nothing(void *context)
{
    (void)context;
}

/* A CPU that runs `nothing` has done with what it was in the middle of. */
void memory_settle(void)
{
    for (unsigned i = 0; i < SETTLE_ROUNDS; i++) {
        cpu_call(cpus_online(), nothing, NULL);
        sched_pass_grace();
        if (grace_is_idle()) {
            return;
        }
    }
}

uint64_t memory_free_frames(void)
{
    cpu_call(cpus_online(), drain, NULL);
    return frames_free();
}
