/* SPDX-License-Identifier: MIT */
/*
 * Page tables beside a sorted array of what they map. Every operation is done on both; where they
 * disagree, or a table breaks a rule of its own, the program ends. Also the upcalls: pages for
 * tables, of which so many are to be had, and which nobody can touch after they were freed.
 */
#pragma once
#include "arch/page_table.h"

enum { PAGE_TABLE_MODEL_MAX = 4096 };

struct page_table_model {
    struct page_table *table;
    vaddr_t low;        /* half of the address space that the array speaks of */
    uint64_t permanent; /* tables that stay without a page in them */
    size_t count;
    struct page_table_model_entry {
        vaddr_t address;
        paddr_t page;
        uint32_t flags;
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

j6_status_t page_table_model_set(struct page_table_model *model, vaddr_t address, paddr_t page,
                                 uint32_t flags);

/* Frees the tables at once. */
bool page_table_model_clear(struct page_table_model *model, vaddr_t address);

void page_table_model_find(const struct page_table_model *model, vaddr_t address);
void page_table_model_next(const struct page_table_model *model, vaddr_t from, vaddr_t end);

/* Every table and every entry. */
void page_table_model_check(const struct page_table_model *model);
