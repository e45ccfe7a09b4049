/* SPDX-License-Identifier: MIT */
/*
 * The memory types that the firmware gave to physical memory (Intel SDM vol. 3, §12.11). They are
 * read and respected, never changed: the PAT refines them page by page.
 */
#pragma once
#include "arch/types.h"
#include <stdbool.h>

/* Encodings of memory types in MTRRs and in the PAT (Intel SDM vol. 3, tables 12-8 and 12-10). */
enum cache_type {
    CACHE_UC = 0,
    CACHE_WC = 1,
    CACHE_WT = 4,
    CACHE_WP = 5,
    CACHE_WB = 6,
    CACHE_UC_MINUS = 7, /* PAT only: UC, unless an MTRR says WC */
    CACHE_TYPES = 8,
};

/* "WB" and the like; "?" for a reserved encoding. */
const char *cache_type_name(unsigned type);

/* Reads the MTRRs and logs them. */
void mtrr_init(void);

/*
 * May one page cover the range, as far as MTRRs are concerned? `size` is a power of two, `start` a
 * multiple of it. False also where several MTRRs happen to give one type to all of it.
 */
bool mtrr_uniform(paddr_t start, uint64_t size);
