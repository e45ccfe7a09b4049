/* SPDX-License-Identifier: MIT */
/* What the startup code hands on to the rest of libj6. */
#pragma once
#include <j6/start.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* Called by _start alone: the initial stack pointer, and the time-stamp counter before all. */
noreturn void j6_start_main(uint64_t *stack, uint64_t tsc);

/* Applies the image's own relocations: before anything that counts on them. */
void relocate(void);

/* The auxiliary vector, behind arguments and environment on the start stack. */
const uint64_t *start_auxv(const uint64_t *stack);

/* Remembers the start table and the clock page. */
void start_auxv_take(const uint64_t *auxv);

void start_rows_set(const struct j6_start_handle *rows, size_t count);
