/* SPDX-License-Identifier: MIT */
/* Steps of a story about page tables: each is taken in a table and its model, and has to succeed. */
#pragma once
#include "arch/x86_64/page_entry.h"
#include "tests/host/page_table_model.h"
#include <test.h>

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define RW  (PAGE_WRITE | PAGE_USER)

/* The kernel's, the one that a story is about, and one more. */
extern struct page_table_model kernel;
extern struct page_table_model model;
extern struct page_table table;
extern struct page_table_model other_model;
extern struct page_table other_table;

static inline void set(vaddr_t address, paddr_t page)
{
    assert_int_equal(page_table_model_set(&model, address, page, RW), j6_status_ok);
}

static inline void set_large(vaddr_t address, paddr_t page)
{
    assert_int_equal(page_table_model_set_large(&model, address, page, RW), j6_status_ok);
}

static inline bool clear(struct page_table_model *in, vaddr_t address)
{
    return page_table_model_clear_all(in, address, address + PAGE_SIZE);
}

/* The entry of a level for an address, as it stands in the table. */
static inline uint64_t raw_entry(const struct page_table *of, vaddr_t address, unsigned level)
{
    struct page_path path;
    page_path_find(of, address, level, &path);
    assert_int_equal(path.level, level);
    return *path.at[level];
}

static inline bool raw_is_writable(vaddr_t address, unsigned level)
{
    return raw_entry(&table, address, level) & ENTRY_WRITE;
}

static inline void begin(void)
{
    page_table_model_init(&model, &table);
}

static inline void end(void)
{
    page_table_model_destroy(&model);
    assert_int_equal(test_tables_live, kernel_page_table.tables);
}

typedef j6_status_t (*model_set_t)(struct page_table_model *model, vaddr_t address, paddr_t page,
                                   uint32_t flags);

/* Tries with 0, 1, 2 … tables to be had; returns how many it needs. */
int64_t tables_needed(model_set_t model_set, struct page_table_model *in, vaddr_t address);
