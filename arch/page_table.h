/* SPDX-License-Identifier: MIT */
/*
 * Page tables: what the CPU is told about one address space. They decide nothing; vm_space and
 * vm_area do.
 *
 * Rules: calls on one page_table are serialised by its owner. Entries of the kernel half are shared
 * by all spaces. Ranges are multiples of the page size; ~0 ends one at the end of the address space.
 * A changed entry may live on in the TLBs of other CPUs: the frame behind it, and tables that became
 * empty, may be reused only after page_batch_finish, and before the lock is released page_table_aim
 * says whom that must reach. This CPU's own TLB is up to date on return.
 *
 * Write protection may stand in an upper entry: W clear there protects all that is below, whatever
 * the entries of its pages say. Flags that are read back are what counts, not what one entry says.
 */
#pragma once
#include "arch/layout.h"
#include <j6/status.h>
#include <stdatomic.h>
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

#define LARGE_PAGE_SIZE (1ull << 21)

struct io_range;

struct page_table {
    paddr_t root;
    uint64_t tables; /* pages that it consists of, without the shared ones */
    /*
     * The lowest table that an entry was last set in: of which 2 MiB, and the entry above it. Nothing
     * on the way to it is write-protected.
     */
    vaddr_t last_base;
    uint64_t *last_parent; /* NULL: none */
    /* The CPUs that have it loaded. Of the kernel's: all, since its half is in every table. */
    _Atomic uint64_t cpus;
    /* The ports that its user code may use (arch/io_ports.h), and their version; NULL, 0: none. */
    struct io_range *io_ranges;
    _Atomic uint64_t io_version;
};

/* What the CPU's entry for a page says besides its address; made of enum page_flags. */
typedef uint64_t page_bits_t;
page_bits_t page_bits(uint32_t flags);

/*
 * What is to happen when the tables have changed: which addresses other CPUs must forget, and what
 * may be freed only then. A batch with tables has pages, by which CPUs forget the tables too.
 */
#define PAGE_BATCH_FRAMES 64
#define PAGE_BATCH_PAGES  16
struct page_batch {
    uint64_t cpus;
    struct freed_table *tables; /* linked through the tables themselves, so there is always room */
    uint32_t frame_count;
    uint32_t page_count; /* more than PAGE_BATCH_PAGES: all of them */
    vaddr_t pages[PAGE_BATCH_PAGES];
    paddr_t frames[PAGE_BATCH_FRAMES];
};

/* An empty batch; cheaper than clearing its arrays. */
static inline void page_batch_init(struct page_batch *batch)
{
    batch->cpus = 0;
    batch->tables = NULL;
    batch->frame_count = 0;
    batch->page_count = 0;
}

static inline bool page_batch_is_empty(const struct page_batch *batch)
{
    return batch->page_count + batch->frame_count == 0 && batch->tables == NULL;
}

static inline bool page_batch_is_full(const struct page_batch *batch)
{
    return batch->frame_count == PAGE_BATCH_FRAMES;
}

/* A frame to put; the batch isn't full. */
static inline void page_batch_add_frame(struct page_batch *batch, paddr_t frame)
{
    batch->frames[batch->frame_count++] = frame;
}

/* An address whose entry has changed; of a large page any one. */
static inline void page_batch_add_page(struct page_batch *batch, vaddr_t address)
{
    if (batch->page_count < PAGE_BATCH_PAGES) {
        batch->pages[batch->page_count++] = address;
    } else {
        batch->page_count = PAGE_BATCH_PAGES + 1;
    }
}

static inline void page_batch_add_all_pages(struct page_batch *batch)
{
    batch->page_count = PAGE_BATCH_PAGES + 1;
}

/* Gives the tables in the batch back, each to its owner. No CPU knows them any more. */
void page_batch_free_tables(struct page_batch *batch);

/*
 * The caching of all memory, whoever maps it: PAGE_WRITE_BACK, or PAGE_WRITE_THROUGH with
 * `offset_map=wt` on the command line. Immutable after paging_init.
 */
extern uint32_t page_memory_caching;

/* The page table of the kernel, whose upper half every other one shares. */
extern struct page_table kernel_page_table;

/* The kernel's tables are complete: from now on page_table_init gives every table their upper half. */
void page_table_share_kernel(void);

/* An empty lower half below the kernel's upper half. quota, no_memory. */
j6_status_t page_table_init(struct page_table *table) J6_MUST_USE;

/* Gives the root back; the lower half is empty by then, and no CPU has it loaded. Nothing is held. */
void page_table_destroy(struct page_table *table);

/* Makes the table this CPU's, unless it is already. kernel_page_table: the one to idle on. */
void page_table_load(struct page_table *table);

/* The table that this CPU has loaded. */
struct page_table *page_table_loaded(void);

/* The CPUs that have the table loaded. Who loads it later sees what the caller has changed before. */
uint64_t page_table_cpus(struct page_table *table);

/*
 * Adds the CPUs that have the table loaded to those that the batch must reach: after present entries
 * have changed, before the table's lock is released.
 */
void page_table_aim(struct page_table *table, struct page_batch *batch);

/*
 * Maps one page, in place of whatever was there; a large page that holds the address is split.
 * `batch` may be NULL if nothing else is mapped there. quota, no_memory: nothing was changed.
 */
j6_status_t page_table_set(struct page_table *table, vaddr_t address, paddr_t page,
                           page_bits_t bits, struct page_batch *batch) J6_MUST_USE;

/* The same for a page of LARGE_PAGE_SIZE, of which address and page are multiples. */
j6_status_t page_table_set_large(struct page_table *table, vaddr_t address, paddr_t page,
                                 page_bits_t bits, struct page_batch *batch) J6_MUST_USE;

/* May the LARGE_PAGE_SIZE of memory from `page` be one page: is its caching the same all over? */
bool page_may_be_large(paddr_t page);

/*
 * Unmaps what is mapped in [*from, end), but at most `max` pages (a large one counts as one), and
 * fewer, yet one, if they lie so far apart that looking for them takes long; all of LARGE_PAGE_SIZE
 * if max allows. Moves *from behind what was looked at; true while there is more to look at. Absent
 * tables are stepped over, and tables that are left empty go into the batch. A large page that lies partly in
 * the range is split, or taken out whole if there is no table to be had: a fault brings the rest back.
 */
bool page_table_clear(struct page_table *table, vaddr_t *from, vaddr_t end, unsigned max,
                      struct page_batch *batch);

/*
 * Write-protects [from, end), user addresses, by the topmost entries that lie wholly inside: costs
 * these, not pages. A large page that lies partly in the range is protected whole.
 */
void page_table_protect(struct page_table *table, vaddr_t from, vaddr_t end,
                        struct page_batch *batch);

/*
 * The first mapped page at or after `from` and below `end`, stepping over absent tables; false if
 * there is none. Inside of a large page it is `from` itself.
 */
bool page_table_next(const struct page_table *table, vaddr_t from, vaddr_t end,
                     vaddr_t *out_address);

/* Does this CPU have the table loaded, or had it just before, and not let it go since? */
bool page_table_is_near(const struct page_table *table);

/*
 * The memory behind a user address, as this CPU itself would find it: 0 if a thread of that space couldn't
 * read, or write, it now without a fault, or if the table isn't near. Takes no lock. It stays that memory until
 * this CPU answers a shootdown, which it does with interrupts on, and while it spins for a lock.
 */
paddr_t page_table_peek(const struct page_table *table, vaddr_t address, bool write);

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

/* Builds the kernel's final tables, for page_table_load. Large pages where the memory allows. */
struct boot_info;
void paging_init(const struct boot_info *boot);

/* Unmaps the part of the image that only boot needed. */
void paging_forget_boot(void);
