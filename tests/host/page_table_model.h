/* SPDX-License-Identifier: MIT */
/*
 * Page tables beside a sorted array of the 4 KiB pages that they map. Every operation is done on
 * both; where they disagree, a table breaks a rule of its own, or a TLB that remembers everything
 * would be wrong now, the program ends. Also the upcalls: pages for tables, of which so many are to
 * be had, and which nobody can touch after they were freed.
 */
#pragma once
#include "arch/page_table.h"

enum { PAGE_TABLE_MODEL_MAX = 16384 };

struct page_table_model {
    struct page_table *table;
    vaddr_t low;        /* half of the address space that the array speaks of */
    uint64_t permanent; /* tables that stay without a page in them */
    size_t count;
    struct page_table_model_entry {
        vaddr_t address;
        paddr_t page;
        uint32_t flags;
        bool large;                  /* one of the 512 of a large page */
    } entries[PAGE_TABLE_MODEL_MAX]; /* by address */
};

/* Pages that are out, and how many more may be taken; negative: any number. */
extern uint64_t test_tables_live;
extern int64_t test_tables_left;

/* What a failing upcall says. */
extern j6_status_t test_tables_failure;

/* The kernel's table, with a table below its root for each of some slots. */
void page_table_model_init_kernel(struct page_table_model *model);

/* A space of its own. */
void page_table_model_init(struct page_table_model *model, struct page_table *table);

/* Clears what is left, checks, and for a space gives the root back. */
void page_table_model_destroy(struct page_table_model *model);

/* Those that change something load the table, and free at once what was taken out. */
j6_status_t page_table_model_set(struct page_table_model *model, vaddr_t address, paddr_t page,
                                 uint32_t flags);
j6_status_t page_table_model_set_large(struct page_table_model *model, vaddr_t address,
                                       paddr_t page, uint32_t flags);
void page_table_model_protect(struct page_table_model *model, vaddr_t from, vaddr_t end);

/* One step: as page_table_clear. */
bool page_table_model_clear(struct page_table_model *model, vaddr_t *from, vaddr_t end,
                            unsigned max);

/* All of a range; true if anything was mapped there. */
bool page_table_model_clear_all(struct page_table_model *model, vaddr_t from, vaddr_t end);

void page_table_model_find(const struct page_table_model *model, vaddr_t address);
void page_table_model_next(const struct page_table_model *model, vaddr_t from, vaddr_t end);

/* Every table and every entry. */
void page_table_model_check(const struct page_table_model *model);
