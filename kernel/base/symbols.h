/* SPDX-License-Identifier: MIT */
/*
 * Names of the kernel's functions, for backtraces. The table is made from the linked image by the
 * build and linked in again, in .rodata.symbols.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "arch/types.h"

struct symbol {
    uint32_t offset; /* of the address from the kernel's base; the table is sorted by it */
    uint32_t name;   /* offset in symbol_names */
};

extern const struct symbol symbol_table[];
extern const uint32_t symbol_count;
extern const char symbol_names[];

/*
 * The function at or last before an address of the kernel image, and how far into it the address
 * is; NULL when there is none.
 */
const char *symbol_find(vaddr_t address, uint64_t *out_offset);

/* The function that a call returns to; "?" when it isn't known. */
static inline const char *symbol_name(vaddr_t return_address)
{
    uint64_t offset;
    const char *name = symbol_find(return_address - 1, &offset);
    return name != NULL ? name : "?";
}
