/* SPDX-License-Identifier: MIT */
/* Addresses and the page size; that alone, so that pure code needs nothing else of the machine. */
#pragma once
#include "lib/page.h"
#include <stdint.h>

typedef uint64_t paddr_t; /* physical; never cast to a pointer */
typedef uint64_t vaddr_t; /* virtual, of whatever space is meant */
