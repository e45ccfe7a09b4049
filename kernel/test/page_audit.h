/* SPDX-License-Identifier: MIT */
/*
 * Reads a page table as the CPU does, entry by entry, and says what can't be right whatever is mapped:
 * rights of users where there are none, something both writable and executable, tables that are
 * empty or miscounted.
 *
 * Rules: nobody changes the table meanwhile.
 */
#pragma once
#include "arch/page_table.h"

struct page_audit {
    const struct page_table *table;
    /* Called for each page; flags are what counts, upper entries included. NULL: not. */
    void (*visit)(struct page_audit *audit, const struct page_visit *page);
    uint64_t tables; /* below the root */
    uint64_t pages;  /* as small pages */
    /* What was wrong first, or NULL. */
    const char *wrong;
    vaddr_t where;
};

void page_audit_wrong(struct page_audit *audit, const char *what, vaddr_t where);

/* The pages below, or from, the beginning of the kernel's half. */
void page_audit_user(struct page_audit *audit);
void page_audit_kernel(struct page_audit *audit);
