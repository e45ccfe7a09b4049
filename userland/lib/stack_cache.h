/* SPDX-License-Identifier: MIT */
/* A few stacks of threads that have been joined: the next thread needn't make one. */
#pragma once
#include "userland/lib/stack.h"
#include <stdbool.h>

/* A stack of this process of exactly that size, with what the last thread left on it. */
bool stack_cache_take(uint64_t size, struct stack *out_stack);

/* False: it keeps enough already. */
bool stack_cache_keep(const struct stack *stack);
