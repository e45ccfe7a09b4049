/* SPDX-License-Identifier: MIT */
/*
 * The machine of a stream (kernel/test/vm_stream.h) that is a program: memory of its own, and
 * allocations that fail. A disagreement ends the program.
 */
#pragma once
#include "kernel/test/vm_stream.h"

/* Once in a program. */
void vm_stream_host_start(void);

/*
 * Runs a stream to its end, of at most so many operations; with_failures: each is tried with a
 * failure at its 1st, 2nd, … allocation. Returns how many allocations failed.
 */
uint64_t vm_stream_host_run(const struct vm_stream_source *source, uint64_t operations,
                            bool with_failures);
