/* SPDX-License-Identifier: MIT */
/* Inside of mm: taking mappings, and pages of mappings, away. */
#pragma once
#include "mm/vm_space.h"

/* Takes a whole mapping out of its space, its pages out of the tables, and frees it. */
void vm_mapping_destroy(struct vm_mapping *mapping);

/* Clears the pages of [from, end) of a mapping out of the page tables, in steps. */
void vm_mapping_clear(struct vm_mapping *mapping, vaddr_t from, vaddr_t end);

/* Frees what was taken away: no TLB knows it any more. */
void page_batch_finish(struct page_batch *batch);
