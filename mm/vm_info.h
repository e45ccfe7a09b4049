/* SPDX-License-Identifier: MIT */
/* What can be seen of an address space from outside. */
#pragma once
#include "mm/vm_space.h"
#include <j6/info.h>

/*
 * The first mapping that ends above *from, which becomes its end; false: there is none. For who lists
 * them all, from 0 on, and lets go in between. The space isn't the kernel's, and stays.
 */
bool vm_space_info(struct vm_space *space, vaddr_t *from, struct j6_mapping_info *out_row);
