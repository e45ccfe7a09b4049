/* SPDX-License-Identifier: MIT */
#pragma once
#include "arch/types.h"
static inline void tlb_shootdown(uint64_t cpus, const vaddr_t *pages, unsigned count) { (void)cpus; (void)pages; (void)count; }
