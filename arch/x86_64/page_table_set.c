/* SPDX-License-Identifier: MIT */
/*
 * Setting entries of page tables. All tables that are missing on the way are had before the first of
 * them is linked, since a CPU may remember a table as soon as an entry points at it.
 *
 * More rights for the same page need no flush elsewhere: a CPU that remembers fewer raises one page
 * fault too many, which forgets what it was raised by (Intel SDM vol. 3, §4.10.4.3).
 */
#include "arch/upcall.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/assert.h"

/* A present entry was replaced: this CPU forgets it, and the batch tells the others. */
static void entry_changed(uint64_t old, uint64_t entry, vaddr_t address, struct page_batch *batch)
{
    if (old == entry) {
        return;
    }
    x86_invlpg(address);
    if ((old | ENTRY_WRITABLE) != entry) {
        assert(batch != NULL);
        page_batch_add_page(batch, address);
    }
}

void page_entry_split(uint64_t *at, paddr_t page)
{
    paddr_t from = page_entry_page(*at, 1);
    page_bits_t bits = page_entry_bits(*at, 1);
    uint64_t *entries = phys_to_virt(page);
    for (unsigned i = 0; i < ENTRIES; i++) {
        entries[i] = (from + i * PAGE_SIZE) | bits;
    }
    page_entry_write(at, page | ENTRY_TABLE | (bits & ENTRY_USER) | ENTRIES * USED_ONE);
}

/* One more of the table's entries is used. */
static void entry_count(const struct page_path *path, vaddr_t address, unsigned level)
{
    if (level + 1 < page_counted_levels(address)) {
        *path->at[level + 1] += USED_ONE;
    }
}

/* Goes one level further down, by a table of which nobody knows yet. */
static void path_grow(struct page_path *path, vaddr_t address, paddr_t page)
{
    uint64_t *at = path->at[path->level];
    if (*at & ENTRY_PRESENT) {
        assert(path->level == 1); /* nothing splits pages of 1 GiB */
        page_entry_split(at, page);
    } else {
        page_entry_write(at, page | ENTRY_TABLE | (address < OFFSET_MAP ? ENTRY_USER : 0));
        entry_count(path, address, path->level);
    }
    path->level--;
    path->at[path->level] = page_table_of(*at) + page_index(address, path->level);
}

/* Makes the tables that are missing above an entry of a level: all of them, or none. */
static j6_status_t path_complete(struct page_table *table, vaddr_t address, unsigned level,
                                 struct page_path *path)
{
    paddr_t pages[LEVELS];
    unsigned count = path->level - level;
    for (unsigned i = 0; i < count; i++) {
        j6_status_t status = upcall_table_alloc(table, &pages[i]);
        if (status != j6_status_ok) {
            while (i > 0) {
                upcall_table_free(table, pages[--i]);
            }
            return status;
        }
    }
    table->tables += count;
    for (unsigned i = 0; i < count; i++) {
        path_grow(path, address, pages[i]);
    }
    return j6_status_ok;
}

/* Write-protects each entry of a table, in place of the one that points at it. */
static void protection_move_down(uint64_t *at)
{
    uint64_t *entry = page_table_of(*at);
    for (unsigned i = 0; i < ENTRIES; i++, entry++) {
        if (*entry & ENTRY_WRITE) {
            page_entry_write(entry, *entry & ~ENTRY_WRITABLE);
        }
    }
    page_entry_write(at, *at | ENTRY_WRITE);
}

/* Moves protection down, level by level, until none is left above the end of the path. */
static void path_open(const struct page_path *path, vaddr_t address)
{
    for (unsigned upper = LEVELS - 1; upper > path->level; upper--) {
        if (!(*path->at[upper] & ENTRY_WRITE)) {
            protection_move_down(path->at[upper]);
        }
    }
    x86_invlpg(address); /* upper entries as this CPU remembers them: saves it a second fault */
}

j6_status_t page_table_set_at(struct page_table *table, vaddr_t address, uint64_t entry,
                              unsigned level, struct page_batch *batch)
{
    struct page_path path;
    page_path_find(table, address, level, &path);
    if (path.level > level) {
        j6_status_t status = path_complete(table, address, level, &path);
        if (status != j6_status_ok) {
            return status;
        }
    }
    bool writable = page_path_is_writable(&path);
    if (!writable && (entry & ENTRY_WRITE)) {
        path_open(&path, address);
        writable = true;
    }
    uint64_t *at = path.at[level];
    if (level == 0 && writable) {
        table->last_base = address & ~(LARGE_PAGE_SIZE - 1);
        table->last_parent = path.at[1];
    } else if (level > 0 && page_entry_is_table(*at)) {
        page_table_discard(table, address, at, batch);
    }
    uint64_t old = *at;
    page_entry_write(at, entry);
    if (old & ENTRY_PRESENT) {
        entry_changed(old, entry, address, batch);
    } else {
        entry_count(&path, address, level);
    }
    return j6_status_ok;
}

j6_status_t page_table_set(struct page_table *table, vaddr_t address, paddr_t page,
                           page_bits_t bits, struct page_batch *batch)
{
    uint64_t *parent = table->last_parent;
    uint64_t entry = page | bits;
    if (parent == NULL || address - table->last_base >= LARGE_PAGE_SIZE) {
        return page_table_set_at(table, address, entry, 0, batch);
    }
    uint64_t *at = page_table_of(*parent) + page_index(address, 0);
    uint64_t old = *at;
    page_entry_write(at, entry);
    if (old & ENTRY_PRESENT) {
        entry_changed(old, entry, address, batch);
    } else {
        *parent += USED_ONE;
    }
    return j6_status_ok;
}

j6_status_t page_table_set_large(struct page_table *table, vaddr_t address, paddr_t page,
                                 page_bits_t bits, struct page_batch *batch)
{
    assert(((address | page) & (LARGE_PAGE_SIZE - 1)) == 0);
    return page_table_set_at(table, address, page_entry(page, bits, 1), 1, batch);
}
