/* SPDX-License-Identifier: MIT */
/* Binary search over the table of function names. */
#include "kernel/base/symbols.h"

#include <stddef.h>

#include "arch/layout.h"

const char *symbol_find(vaddr_t address, uint64_t *out_offset)
{
    if (address < KERNEL_BASE || symbol_count == 0) {
        return NULL;
    }
    uint64_t wanted = address - KERNEL_BASE;
    uint32_t low =
        0; /* below `low` all are at or before the address, from `high` on all after it */
    uint32_t high = symbol_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (symbol_table[middle].offset <= wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return NULL;
    }
    *out_offset = wanted - symbol_table[low - 1].offset;
    return symbol_names + symbol_table[low - 1].name;
}
