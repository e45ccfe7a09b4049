/* SPDX-License-Identifier: MIT */
/*
 * Four-level page tables (Intel SDM vol. 3, §4.5). Bits 52 to 61 of an entry that points at a table
 * are ignored by the CPU; there we count the table's used entries, so that an empty table is
 * noticed at once, and is known to be zero.
 *
 *   63  62 61      52 51            12 11  8  7   6  5  4   3   2  1  0
 *   NX  -  [ used  ] [ page address ]  -  G PS/A D  A PCD PWT  U  W  P
 *                                           PAT
 */
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "arch/x86_64/x86.h"
#include "arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"

#define USED_SHIFT 52
#define USED_ONE   (1ull << USED_SHIFT)
#define USED_MASK  (0x3ffull << USED_SHIFT)

#define LEAF_SPAN (1ull << 21) /* what the lowest table covers */

enum { LEVELS = 4, ENTRIES = 512, KERNEL_HALF = 256 };

struct page_table kernel_page_table;

static unsigned index_at(vaddr_t address, unsigned level)
{
    return address >> (PAGE_SHIFT + 9 * level) & (ENTRIES - 1);
}

static uint64_t *table_of(uint64_t entry)
{
    return phys_to_virt(entry & ENTRY_ADDRESS);
}

page_bits_t page_bits(uint32_t flags)
{
    uint32_t cache = (flags & PAGE_CACHE_MASK) >> PAGE_CACHE_SHIFT;
    return ENTRY_PRESENT | ENTRY_ACCESSED | (flags & PAGE_WRITE ? ENTRY_WRITE | ENTRY_DIRTY : 0) |
           (flags & PAGE_USER ? ENTRY_USER : 0) | (flags & PAGE_GLOBAL ? ENTRY_GLOBAL : 0) |
           (flags & PAGE_EXEC ? 0 : ENTRY_NO_EXECUTE) | (cache & 1 ? ENTRY_PWT : 0) |
           (cache & 2 ? ENTRY_PCD : 0) | (cache & 4 ? ENTRY_PAT : 0);
}

uint32_t page_flags_of(uint64_t entry)
{
    uint32_t cache =
        (entry & ENTRY_PWT ? 1 : 0) | (entry & ENTRY_PCD ? 2 : 0) | (entry & ENTRY_PAT ? 4 : 0);
    return (entry & ENTRY_WRITE ? PAGE_WRITE : 0) | (entry & ENTRY_USER ? PAGE_USER : 0) |
           (entry & ENTRY_GLOBAL ? PAGE_GLOBAL : 0) | (entry & ENTRY_NO_EXECUTE ? 0 : PAGE_EXEC) |
           cache << PAGE_CACHE_SHIFT;
}

j6_status_t page_table_init(struct page_table *table)
{
    table->tables = 0;
    j6_status_t status = upcall_table_alloc(table, &table->root);
    if (status != j6_status_ok) {
        return status;
    }
    table->tables = 1;
    table->last_parent = NULL;
    const uint64_t *kernel = table_of(kernel_page_table.root);
    uint64_t *root = table_of(table->root);
    for (unsigned i = KERNEL_HALF; i < ENTRIES; i++) {
        root[i] = kernel[i];
    }
    return j6_status_ok;
}

void page_table_destroy(struct page_table *table)
{
    uint64_t *root = table_of(table->root);
    for (unsigned i = 0; i < ENTRIES; i++) {
        assert(i >= KERNEL_HALF || root[i] == 0);
        root[i] = 0;
    }
    assert(table->tables == 1);
    upcall_table_free(table, table->root);
    table->tables = 0;
}

/*
 * The tables right below the kernel's root are in every space's root and stay, so nobody counts what
 * they use: the copies in the roots never change.
 */
static unsigned own_levels(vaddr_t address)
{
    return address >= OFFSET_MAP ? LEVELS - 1 : LEVELS;
}

/* Undoes the steps down that left an empty table behind when memory ran out. */
static void prune(struct page_table *table, uint64_t *const path[], unsigned level, unsigned levels)
{
    for (; level < levels && (*path[level] & USED_MASK) == 0; level++) {
        upcall_table_free(table, *path[level] & ENTRY_ADDRESS);
        table->tables--;
        *path[level] = 0;
        if (level + 1 < levels) {
            *path[level + 1] -= USED_ONE;
        }
    }
}

/* A present entry may be in the TLB; an absent one is counted in the entry above its table. */
static inline void entry_put(uint64_t *at, uint64_t entry, uint64_t *parent, vaddr_t address)
{
    bool was_present = *at & ENTRY_PRESENT;
    *at = entry;
    if (was_present) {
        x86_invlpg(address);
    } else {
        *parent += USED_ONE;
    }
}

j6_status_t page_table_set_at(struct page_table *table, vaddr_t address, uint64_t entry,
                              unsigned leaf)
{
    uint64_t *path[LEVELS + 1]; /* path[n]: the entry that points at the table of level n - 1 */
    uint64_t *at = table_of(table->root) + index_at(address, LEVELS - 1);
    path[LEVELS] = NULL;
    for (unsigned level = LEVELS - 1; level > leaf; level--) {
        path[level] = at;
        if (!(*at & ENTRY_PRESENT)) {
            paddr_t page;
            j6_status_t status = upcall_table_alloc(table, &page);
            if (status != j6_status_ok) {
                prune(table, path, level + 1, own_levels(address));
                return status;
            }
            table->tables++;
            *at = page | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER | ENTRY_ACCESSED;
            if (level + 1 < own_levels(address)) {
                *path[level + 1] += USED_ONE;
            }
        }
        assert(!(*at & ENTRY_LARGE));
        at = table_of(*at) + index_at(address, level - 1);
    }
    if (leaf == 0) {
        table->last_base = address & ~(LEAF_SPAN - 1);
        table->last_parent = path[1];
    }
    entry_put(at, entry, path[leaf + 1], address);
    return j6_status_ok;
}

j6_status_t page_table_set(struct page_table *table, vaddr_t address, paddr_t page,
                           page_bits_t bits)
{
    uint64_t *parent = table->last_parent;
    if (parent != NULL && address - table->last_base < LEAF_SPAN) {
        entry_put(table_of(*parent) + index_at(address, 0), page | bits, parent, address);
        return j6_status_ok;
    }
    return page_table_set_at(table, address, page | bits, 0);
}

bool page_table_clear(struct page_table *table, vaddr_t address, struct page_batch *batch)
{
    uint64_t *path[LEVELS];
    uint64_t *at = table_of(table->root) + index_at(address, LEVELS - 1);
    for (unsigned level = LEVELS - 1; level > 0; level--) {
        path[level] = at;
        if (!(*at & ENTRY_PRESENT)) {
            return false;
        }
        assert(!(*at & ENTRY_LARGE));
        at = table_of(*at) + index_at(address, level - 1);
    }
    if (!(*at & ENTRY_PRESENT)) {
        return false;
    }
    *at = 0;
    for (unsigned level = 1; level < own_levels(address); level++) {
        *path[level] -= USED_ONE;
        if ((*path[level] & USED_MASK) != 0) {
            break;
        }
        batch->tables[batch->table_count].owner = table;
        batch->tables[batch->table_count++].page = *path[level] & ENTRY_ADDRESS;
        table->tables--;
        *path[level] = 0;
        table->last_parent = NULL;
    }
    x86_invlpg(address); /* drops cached upper-level entries as well (SDM vol. 3, §4.10.4.1) */
    return true;
}

bool page_batch_is_full(const struct page_batch *batch)
{
    return batch->frame_count == PAGE_BATCH_MAX || batch->table_count + LEVELS - 1 > PAGE_BATCH_MAX;
}

bool page_table_next(const struct page_table *table, vaddr_t from, vaddr_t end,
                     vaddr_t *out_address)
{
    while (from < end) {
        const uint64_t *at = table_of(table->root) + index_at(from, LEVELS - 1);
        unsigned level = LEVELS - 1;
        while (level > 0 && (*at & ENTRY_PRESENT)) {
            assert(!(*at & ENTRY_LARGE));
            level--;
            at = table_of(*at) + index_at(from, level);
        }
        if (*at & ENTRY_PRESENT) {
            *out_address = from;
            return true;
        }
        uint64_t step = PAGE_SIZE << (9 * level);
        from = (from & ~(step - 1)) + step;
        if (from == 0) {
            break;
        }
    }
    return false;
}

bool page_table_find(const struct page_table *table, vaddr_t address, paddr_t *out_page,
                     uint32_t *out_flags)
{
    const uint64_t *at = table_of(table->root) + index_at(address, LEVELS - 1);
    for (unsigned level = LEVELS - 1; level > 0; level--) {
        if (!(*at & ENTRY_PRESENT)) {
            return false;
        }
        if (*at & ENTRY_LARGE) {
            uint64_t size = PAGE_SIZE << (9 * level);
            *out_page =
                (*at & ENTRY_ADDRESS & ~(size - 1)) + (address & (size - 1) & ~(PAGE_SIZE - 1));
            *out_flags = page_flags_of(*at & ~ENTRY_LARGE);
            return true;
        }
        at = table_of(*at) + index_at(address, level - 1);
    }
    if (!(*at & ENTRY_PRESENT)) {
        return false;
    }
    *out_page = *at & ENTRY_ADDRESS;
    *out_flags = page_flags_of(*at);
    return true;
}
