/* SPDX-License-Identifier: MIT */
/*
 * Write protection of ranges. W clear in an upper entry protects all that is below (Intel SDM vol. 3,
 * §4.6), so a range costs its topmost entries, at most the entries of six tables, however many pages
 * it has. What sets a writable page below moves the protection down first (page_table_set.c).
 */
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/assert.h"

static bool entry_lies_inside(vaddr_t from, vaddr_t end, unsigned level)
{
    return (from & (page_span(level) - 1)) == 0 && end - from >= page_span(level);
}

/* True if it was the entry of a table. One page's is noted in the batch. */
static bool entry_protect(uint64_t *at, vaddr_t address, unsigned level, struct page_batch *batch)
{
    if (!(*at & ENTRY_WRITE)) {
        return false;
    }
    page_entry_write(at, *at & ~ENTRY_WRITABLE);
    if (level > 0 && page_entry_is_table(*at)) {
        return true;
    }
    x86_invlpg(address);
    page_batch_add_page(batch, address);
    return false;
}

void page_table_protect(struct page_table *table, vaddr_t from, vaddr_t end,
                        struct page_batch *batch)
{
    bool tables = false;
    assert(table != &kernel_page_table); /* copies of its root's entries never change */
    while (from < end) {
        unsigned level = LEVELS - 1;
        uint64_t *at = page_table_of(table->root) + page_index(from, level);
        while (level > 0 && page_entry_is_table(*at) && !entry_lies_inside(from, end, level)) {
            level--;
            at = page_table_of(*at) + page_index(from, level);
        }
        do {
            tables |= entry_protect(at++, from, level, batch);
            from = page_step(from, end, level);
        } while (entry_lies_inside(from, end, level) && page_index(from, level) != 0);
    }
    if (tables) {
        table->last_parent = NULL;
        page_table_forget(table);
        page_batch_add_all_pages(batch);
    }
}
