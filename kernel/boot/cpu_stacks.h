/* SPDX-License-Identifier: MIT */
/* The stacks of a CPU: for the kernel, for interrupts, and one for each vector with its own. */
#pragma once
#include <stdbool.h>

/* Gives the CPU of the block stacks behind guard pages. False if there is no memory for them. */
bool cpu_stacks_give(void *block);
