/* SPDX-License-Identifier: MIT */
/*
 * Stacks for new threads and processes: an area of its own, with a guard page below it that nothing
 * can be mapped at. Its pages come when they are touched, so a generous size costs nothing.
 */
#pragma once
#include "lib/page.h"
#include <j6/status.h>
#include <j6/types.h>
#include <stddef.h>
#include <stdint.h>

struct stack {
    j6_handle_t area; /* all rights; the mapping lives on without it */
    uint64_t base;    /* of the guard page */
    uint64_t size;    /* of guard and stack: base + size is the initial stack pointer */
};

#define STACK_SIZE_MAX (1ull << 30)

/* The size of a stack of at least that many bytes. */
static inline uint64_t stack_mapped_size(size_t size)
{
    return page_up(size) + PAGE_SIZE;
}

/* Maps a stack of at least `size` bytes in the process's space. out_of_range: 0, or too large. */
J6_MUST_USE j6_status_t stack_map(j6_handle_t process, size_t size, struct stack *out_stack);

/* Takes it out of the caller's space and closes the area. */
void stack_unmap(j6_handle_t area, uint64_t base);
