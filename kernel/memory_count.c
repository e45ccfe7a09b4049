/* SPDX-License-Identifier: MIT */
#include "kernel/memory_count.h"
#include "arch/cpu.h"
#include "kernel/cpu_call.h"
#include "mm/frame.h"
#include "mm/memory.h"
#include <stddef.h>

static void drain(void *context)
{
    (void)context;
    memory_drain();
}

uint64_t memory_free_frames(void)
{
    cpu_call(cpus_online(), drain, NULL);
    return frames_free();
}
