/* SPDX-License-Identifier: MIT */
/*
 * Stands before the real header: physical memory is the arena of <test_machine.h>. Addresses of the
 * kernel half keep their values; on the host they are numbers that nobody follows.
 */
#pragma once
#define phys_to_virt machine_phys_to_virt
#define virt_to_phys machine_virt_to_phys
#include_next "arch/layout.h"
#undef phys_to_virt
#undef virt_to_phys

void *phys_to_virt(paddr_t address);
paddr_t virt_to_phys(const void *pointer);
