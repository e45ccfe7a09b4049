/* SPDX-License-Identifier: MIT */
/*
 * Clearing entries of page tables, a table at a time: the count in the entry above changes once for
 * each table, and a table that is left empty isn't looked at any further.
 */
#include "arch/upcall.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/assert.h"

/* So many absent entries are looked at in a call, and then those up to the next page at most. */
enum { ABSENT_MAX = 4096 };

struct clearing {
    struct page_table *table;
    struct page_batch *batch;
    vaddr_t at; /* everything below is done */
    vaddr_t end;
    unsigned left;   /* so many pages at most */
    unsigned absent; /* so many entries were looked at for nothing */
};

static uint64_t used_in(uint64_t parent)
{
    return (parent & USED_MASK) >> USED_SHIFT;
}

static void page_forget(vaddr_t address, struct page_batch *batch)
{
    x86_invlpg(address);
    page_batch_add_page(batch, address);
}

/*
 * Takes the empty table out that the entry of a level points at, and those above it that it leaves
 * empty.
 */
static void tables_take_out(struct clearing *clearing, unsigned level)
{
    struct page_path path;
    page_path_find(clearing->table, clearing->at, level, &path);
    unsigned levels = page_counted_levels(clearing->at);
    while (level < levels && used_in(*path.at[level]) == 0) {
        paddr_t page = *path.at[level] & ENTRY_ADDRESS;
        page_entry_write(path.at[level], 0);
        page_batch_add_table(clearing->batch, clearing->table, page);
        level++;
        if (level < levels) {
            *path.at[level] -= USED_ONE;
        }
    }
    /* Forgets upper entries too, whatever the address (Intel SDM vol. 3, §4.10.4.1). */
    x86_invlpg(clearing->at);
}

/* How many entries from here on, in eights, are absent. */
static uint64_t absent_eights(const uint64_t *entry, const uint64_t *last)
{
    const uint64_t *e = entry;
    while (last - e >= 8 &&
           !((e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]) & ENTRY_PRESENT)) {
        e += 8;
    }
    return (uint64_t)(e - entry);
}

/* Clears at most `max` of *count entries, from an address on; *count: how many were looked at. */
static unsigned entries_clear(uint64_t *entry, unsigned *count, unsigned max, vaddr_t address,
                              struct page_batch *batch)
{
    const uint64_t *first = entry;
    const uint64_t *last = entry + *count;
    unsigned cleared = 0;
    for (; entry < last && cleared < max; entry++, address += PAGE_SIZE) {
        if (*entry & ENTRY_PRESENT) {
            page_entry_write(entry, 0);
            page_forget(address, batch);
            cleared++;
        } else {
            uint64_t absent = absent_eights(entry + 1, last);
            entry += absent;
            address += absent * PAGE_SIZE;
        }
    }
    *count = entry - first;
    return cleared;
}

/* Clears pages of one lowest table, which the entry `parent` points at. */
static void clear_in_table(struct clearing *clearing, uint64_t *parent)
{
    uint64_t *entry = page_table_of(*parent) + page_index(clearing->at, 0);
    uint64_t used = used_in(*parent);
    unsigned max = clearing->left < used ? clearing->left : used;
    vaddr_t end = page_step(clearing->at, clearing->end, 1);
    unsigned all = page_count(end - clearing->at);
    unsigned count = all;
    unsigned cleared = entries_clear(entry, &count, max, clearing->at, clearing->batch);
    *parent -= cleared * USED_ONE;
    if (cleared == used) {
        tables_take_out(clearing, 1);
    }
    clearing->left -= cleared;
    clearing->absent += count - cleared;
    clearing->at = count == all || cleared == used ? end : clearing->at + count * PAGE_SIZE;
}

/* False: there is no table to be had. */
static bool split(struct page_table *table, uint64_t *at)
{
    paddr_t page;
    if (upcall_table_alloc(table, &page) != j6_status_ok) {
        return false;
    }
    table->tables++;
    page_entry_split(at, page);
    return true;
}

/* Clears the large page at the end of the path, or makes a table of it and leaves that to do. */
static void clear_large(struct clearing *clearing, const struct page_path *path)
{
    vaddr_t end = page_step(clearing->at, clearing->end, 1);
    bool whole = end - clearing->at == LARGE_PAGE_SIZE;
    assert(path->level == 1); /* pages of 1 GiB stay */
    if (!whole && split(clearing->table, path->at[1])) {
        return;
    }
    page_entry_write(path->at[1], 0);
    page_forget(clearing->at, clearing->batch);
    *path->at[2] -= USED_ONE;
    if (used_in(*path->at[2]) == 0) {
        tables_take_out(clearing, 2);
    }
    clearing->left--;
    clearing->at = end;
}

/* Clears what lies in the lowest table or in the large page at the next address, if it has one. */
static void clear_next(struct clearing *clearing)
{
    struct page_path path;
    page_path_find(clearing->table, clearing->at, 1, &path);
    uint64_t entry = *path.at[path.level];
    if (!(entry & ENTRY_PRESENT)) {
        clearing->at = page_step(clearing->at, clearing->end, path.level);
        clearing->absent++;
    } else if (entry & ENTRY_LARGE) {
        clear_large(clearing, &path);
    } else {
        clear_in_table(clearing, path.at[1]);
    }
}

bool page_table_clear(struct page_table *table, vaddr_t *from, vaddr_t end, unsigned max,
                      struct page_batch *batch)
{
    struct clearing clearing = {
        .table = table, .batch = batch, .at = *from, .end = end, .left = max};
    /* One page at least, so that who begins from the start each time gets on. */
    while (clearing.at < end && clearing.left > 0 &&
           (clearing.absent < ABSENT_MAX || clearing.left == max)) {
        if (table->last_parent != NULL && clearing.at - table->last_base < LARGE_PAGE_SIZE) {
            clear_in_table(&clearing, table->last_parent);
        } else {
            clear_next(&clearing);
        }
    }
    *from = clearing.at;
    return clearing.at < end;
}

void page_table_discard(struct page_table *table, vaddr_t address, uint64_t *at,
                        struct page_batch *batch)
{
    unsigned count = ENTRIES;
    entries_clear(page_table_of(*at), &count, ENTRIES, address, batch);
    page_batch_add_table(batch, table, *at & ENTRY_ADDRESS);
}
