/* SPDX-License-Identifier: MIT */
/* The page that the tests share with a victim in a long operation, under the role `report`. */
#pragma once
#include <stdint.h>

struct long_report {
    uint32_t started;          /* a futex: the operation comes next … */
    volatile uint32_t done;    /* … and was the last thing */
    volatile uint64_t address; /* where the victim has mapped what it was given */
    uint64_t len;              /* of vma_write */
};
