/* SPDX-License-Identifier: MIT */
/* Bits of a page-table entry (Intel SDM vol. 3, tables 4-15 to 4-20). */
#pragma once
#include "arch/page_table.h"

#define ENTRY_PRESENT    (1ull << 0)
#define ENTRY_WRITE      (1ull << 1)
#define ENTRY_USER       (1ull << 2)
#define ENTRY_PWT        (1ull << 3)
#define ENTRY_PCD        (1ull << 4)
#define ENTRY_ACCESSED   (1ull << 5)
#define ENTRY_DIRTY      (1ull << 6)
#define ENTRY_PAT        (1ull << 7) /* of a 4 KiB page */
#define ENTRY_LARGE      (1ull << 7) /* in an upper level */
#define ENTRY_GLOBAL     (1ull << 8)
#define ENTRY_ADDRESS    0x000ffffffffff000ull
#define ENTRY_NO_EXECUTE (1ull << 63)

/* The enum page_flags of an entry for a 4 KiB page. */
uint32_t page_flags_of(uint64_t entry);

/* Sets an entry at a level: 0 a page, 1 a large page of 2 MiB, 2 one of 1 GiB. */
j6_status_t page_table_set_at(struct page_table *table, vaddr_t address, uint64_t entry,
                              unsigned leaf) J6_MUST_USE;
