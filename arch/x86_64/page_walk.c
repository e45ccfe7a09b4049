/* SPDX-License-Identifier: MIT */
/* Visits everything that a page table maps: for audits, not for the kernel's work. */
#include "arch/x86_64/page_entry.h"

enum { ENTRIES = 512, TOP_LEVEL = 3 };

struct walk {
    void (*visit)(void *context, const struct page_visit *page);
    void *context;
};

/* Bit 47 decides the upper bits of a canonical address. */
static vaddr_t canonical(vaddr_t address)
{
    return (vaddr_t)((int64_t)(address << 16) >> 16);
}

static void visit(const struct walk *walk, vaddr_t address, uint64_t entry, unsigned level)
{
    struct page_visit page = {.address = canonical(address), .size = PAGE_SIZE << (9 * level)};
    /* In large pages the PAT bit moves to bit 12; only slots 0 to 3 are used for them. */
    page.flags = page_flags_of(level > 0 ? entry & ~ENTRY_LARGE : entry);
    page.page = entry & ENTRY_ADDRESS & ~(page.size - 1);
    walk->visit(walk->context, &page);
}

/* At most four levels deep. */
static void walk_table(const struct walk *walk, paddr_t table, vaddr_t base, unsigned level)
{
    const uint64_t *entries = phys_to_virt(table);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t entry = entries[i];
        vaddr_t address = base + ((vaddr_t)i << (PAGE_SHIFT + 9 * level));
        if (!(entry & ENTRY_PRESENT)) {
            continue;
        }
        if (level == 0 || (entry & ENTRY_LARGE)) {
            visit(walk, address, entry, level);
        } else {
            walk_table(walk, entry & ENTRY_ADDRESS, address, level - 1);
        }
    }
}

void page_table_walk(const struct page_table *table,
                     void (*visit_page)(void *context, const struct page_visit *page),
                     void *context)
{
    struct walk walk = {.visit = visit_page, .context = context};
    walk_table(&walk, table->root, 0, TOP_LEVEL);
}
