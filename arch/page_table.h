/* SPDX-License-Identifier: MIT */
/*
 * Page tables: what the CPU is told about one address space. They decide nothing; vm_space and
 * vm_area do.
 *
 * Rules: calls on one page_table are serialised by its owner. Entries of the kernel half are shared
 * by all spaces. A cleared entry may live on in TLBs: the frame behind it, and tables that became
 * empty, may be reused only after page_batch_finish.
 */
#pragma once
#include "arch/layout.h"
#include <j6/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum page_flags {
    PAGE_WRITE = 1 << 0,
    PAGE_EXEC = 1 << 1,
    PAGE_USER = 1 << 2,
    PAGE_GLOBAL = 1 << 3,
    /* caching: the PAT slot (arch/x86_64/pat.c) */
    PAGE_CACHE_SHIFT = 4,
    PAGE_WRITE_BACK = 0 << PAGE_CACHE_SHIFT,
    PAGE_WRITE_THROUGH = 1 << PAGE_CACHE_SHIFT,
    PAGE_UNCACHED = 3 << PAGE_CACHE_SHIFT,
    PAGE_WRITE_COMBINE = 4 << PAGE_CACHE_SHIFT,
    PAGE_CACHE_MASK = 7 << PAGE_CACHE_SHIFT,
};

struct page_table {
    paddr_t root;
    uint64_t tables; /* pages that it consists of, without the shared ones */
    /* The lowest table that an entry was last set in: of which 2 MiB, and the entry above it. */
    vaddr_t last_base;
    uint64_t *last_parent; /* NULL: none */
};

/* What the CPU's entry for a page says besides its address; made of enum page_flags. */
typedef uint64_t page_bits_t;
page_bits_t page_bits(uint32_t flags);

/* Frames and tables on their way back to the allocator, until every TLB has forgotten them. */
#define PAGE_BATCH_MAX 32
struct page_batch {
    uint32_t frame_count;
    uint32_t table_count;
    paddr_t frames[PAGE_BATCH_MAX];
    struct {
        struct page_table *owner;
        paddr_t page;
    } tables[PAGE_BATCH_MAX];
};

/*
 * The caching of all memory, whoever maps it: PAGE_WRITE_BACK, or PAGE_WRITE_THROUGH with
 * `offset_map=wt` on the command line. Immutable after paging_init.
 */
extern uint32_t page_memory_caching;

/* The page table of the kernel, whose upper half every other one shares. */
extern struct page_table kernel_page_table;

/* An empty lower half below the kernel's upper half. quota, no_memory. */
j6_status_t page_table_init(struct page_table *table) J6_MUST_USE;

/* Gives the root back; the lower half is empty by then, and no CPU has it loaded. */
void page_table_destroy(struct page_table *table);

/* Maps one page, in place of whatever was there. quota, no_memory: nothing was changed. */
j6_status_t page_table_set(struct page_table *table, vaddr_t address, paddr_t page,
                           page_bits_t bits) J6_MUST_USE;

/*
 * Unmaps one page: true if one was mapped. Tables that it leaves empty go into the batch, at most
 * three. The TLB of this CPU has forgotten the page on return.
 */
bool page_table_clear(struct page_table *table, vaddr_t address, struct page_batch *batch);

/*
 * The first mapped page at or after `from` and below `end`, stepping over absent tables; false if
 * there is none.
 */
bool page_table_next(const struct page_table *table, vaddr_t from, vaddr_t end,
                     vaddr_t *out_address);

/* What is mapped at an address; false if nothing. *out_flags of enum page_flags. */
bool page_table_find(const struct page_table *table, vaddr_t address, paddr_t *out_page,
                     uint32_t *out_flags);

/* A page of any size, as page_table_walk meets it. */
struct page_visit {
    vaddr_t address;
    paddr_t page;
    uint64_t size;
    uint32_t flags; /* enum page_flags */
};

/* Visits all that is mapped, in the order of addresses. Slow: for audits. */
void page_table_walk(const struct page_table *table,
                     void (*visit)(void *context, const struct page_visit *page), void *context);

/* Is there no room for what one more page_table_clear may add? */
bool page_batch_is_full(const struct page_batch *batch);

/* Builds the kernel's final tables and switches to them. Large pages where the memory allows. */
struct boot_info;
void paging_init(const struct boot_info *boot);

/* Unmaps the part of the image that only boot needed. */
void paging_forget_boot(void);

/* Loads the kernel's own table, which every CPU may stay on for ever. */
void paging_load_kernel(void);
