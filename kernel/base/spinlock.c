/* SPDX-License-Identifier: MIT */
/* The debug build's record of the locks that each CPU holds; the locks themselves are inline. */
#include "kernel/base/spinlock.h"

PER_CPU(uint32_t, locks_held);
