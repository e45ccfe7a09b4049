/* SPDX-License-Identifier: MIT */
/*
 * User memory of a program that has none: the copies of mm/user_copy.h go through the page table that
 * this CPU has loaded, as the CPU itself would, and faults are mended as the trap code does it. Link
 * tests/host/shim_user.c in place of mm/user_copy.c.
 */
#pragma once
#include "arch/types.h"
#include <stdbool.h>

/* The page that the loaded table shows at a user address, for that access; NULL: a fault. */
void *test_user_page(vaddr_t address, bool write);
