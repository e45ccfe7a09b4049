/* SPDX-License-Identifier: MIT */
/*
 * Entries of four-level page tables (Intel SDM vol. 3, §4.5, tables 4-15 to 4-20), and the way down
 * to one. Level 0 is the entry of a 4 KiB page, level 3 one of the root.
 *
 *   63  62 61      52 51            12 11  8  7   6  5  4   3   2  1  0
 *   NX  -  [ used  ] [ page address ]  -  G PS/A D  A PCD PWT  U  W  P
 *                                           PAT
 *
 * The CPU ignores bits 52 to 61. In an entry that points at a table we count there how many of the
 * table's entries are used, so that an empty table is noticed at once, and is known to be zero.
 */
#pragma once
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/alloc_site.h"

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
#define ENTRY_LARGE_PAT  (1ull << 12)
#define ENTRY_ADDRESS    0x000ffffffffff000ull
#define ENTRY_NO_EXECUTE (1ull << 63)

/* An entry that points at a table, with ENTRY_USER in the user half; else rights are a matter of the
 * pages below. */
#define ENTRY_TABLE (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_ACCESSED)

/* What goes when a page is write-protected. D is never set by the CPU: writable pages have it. */
#define ENTRY_WRITABLE (ENTRY_WRITE | ENTRY_DIRTY)

#define USED_SHIFT 52
#define USED_ONE   (1ull << USED_SHIFT)
#define USED_MASK  (0x3ffull << USED_SHIFT)

enum { LEVELS = 4, ENTRIES = 512, KERNEL_HALF = 256 };

#define upcall_table_alloc(table, out_page) \
    ALLOC_SITE(j6_err_no_memory, upcall_table_alloc(table, out_page))

/* How much an entry of a level maps. */
static inline uint64_t page_span(unsigned level)
{
    return PAGE_SIZE << (9 * level);
}

static inline unsigned page_index(vaddr_t address, unsigned level)
{
    return address >> (PAGE_SHIFT + 9 * level) & (ENTRIES - 1);
}

/* The address behind the entry of a level that holds `at`, at most `end`; 0 is 2^64. */
static inline vaddr_t page_step(vaddr_t at, vaddr_t end, unsigned level)
{
    vaddr_t next = (at | (page_span(level) - 1)) + 1;
    return next - 1 < end - 1 ? next : end;
}

static inline uint64_t *page_table_of(uint64_t entry)
{
    return phys_to_virt(entry & ENTRY_ADDRESS);
}

/* Does an entry of an upper level point at a table? */
static inline bool page_entry_is_table(uint64_t entry)
{
    return (entry & (ENTRY_PRESENT | ENTRY_LARGE)) == ENTRY_PRESENT;
}

/* CPUs may look at any time: each entry is written whole, and in the order of the program. */
static inline void page_entry_write(uint64_t *at, uint64_t entry)
{
    __atomic_store_n(at, entry, __ATOMIC_RELEASE);
}

/*
 * Entries of the levels below this one count. The tables right below the kernel's root are in every
 * space's root and stay, so nobody counts what they use: the copies in the roots never change.
 */
static inline unsigned page_counted_levels(vaddr_t address)
{
    return address >= OFFSET_MAP ? LEVELS - 1 : LEVELS;
}

/* The entry of a page of a level, and what it says, as for a page of level 0. */
uint64_t page_entry(paddr_t page, page_bits_t bits, unsigned level);
page_bits_t page_entry_bits(uint64_t entry, unsigned level);

static inline paddr_t page_entry_page(uint64_t entry, unsigned level)
{
    return entry & ENTRY_ADDRESS & ~(page_span(level) - 1);
}

/* The enum page_flags of page_bits. */
uint32_t page_flags_of(page_bits_t bits);

/* The way down to an address as far as it goes: at[n] is its entry of level n, for n >= level. */
struct page_path {
    uint64_t *at[LEVELS];
    unsigned level;
};

/* Stops at a level, above it at an entry that doesn't point at a table. */
void page_path_find(const struct page_table *table, vaddr_t address, unsigned lowest,
                    struct page_path *path);

/* Is nothing above the last entry of the path write-protected? */
bool page_path_is_writable(const struct page_path *path);

/* Lets the table `page`, which is empty, map what the large page of an entry did. */
void page_entry_split(uint64_t *at, paddr_t page);

/* Sets an entry, made by page_entry, as page_table_set does: 1 a page of 2 MiB, 2 one of 1 GiB. */
j6_status_t page_table_set_at(struct page_table *table, vaddr_t address, uint64_t entry,
                              unsigned level, struct page_batch *batch) J6_MUST_USE;

/* Clears the lowest table that an entry points at; what to put in its place is the caller's. */
void page_table_discard(struct page_table *table, vaddr_t address, uint64_t *at,
                        struct page_batch *batch);

/* A table that no entry points at any more, on its way back to its owner. */
void page_batch_add_table(struct page_batch *batch, struct page_table *owner, paddr_t page);

/* Drops whatever this CPU's TLB has of the table, but for global pages. */
void page_table_forget(const struct page_table *table);
