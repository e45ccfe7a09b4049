/* SPDX-License-Identifier: MIT */
/*
 * Reading page tables: what is mapped at an address, what comes next, and, for audits, everything. A
 * page is writable if no entry on the way to it says otherwise.
 */
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/page_table_load.h"

bool page_table_next(const struct page_table *table, vaddr_t from, vaddr_t end,
                     vaddr_t *out_address)
{
    while (from < end) {
        struct page_path path;
        page_path_find(table, from, 0, &path);
        if (*path.at[path.level] & ENTRY_PRESENT) {
            *out_address = from;
            return true;
        }
        from = page_step(from, end, path.level);
    }
    return false;
}

bool page_table_find(const struct page_table *table, vaddr_t address, paddr_t *out_page,
                     uint32_t *out_flags)
{
    struct page_path path;
    page_path_find(table, address, 0, &path);
    uint64_t entry = *path.at[path.level];
    if (!(entry & ENTRY_PRESENT)) {
        return false;
    }
    uint32_t mask = page_path_is_writable(&path) ? ~0u : ~(uint32_t)PAGE_WRITE;
    *out_page =
        page_entry_page(entry, path.level) + page_down(address & (page_span(path.level) - 1));
    *out_flags = page_flags_of(page_entry_bits(entry, path.level)) & mask;
    return true;
}

paddr_t page_table_peek(const struct page_table *table, vaddr_t address, bool write)
{
    const uint64_t needed = ENTRY_PRESENT | ENTRY_USER | (write ? ENTRY_WRITE : 0);
    if (!table_is_near(table)) {
        return 0;
    }
    uint64_t entry = table->root;
    unsigned level = LEVELS;
#pragma GCC unroll 4
    do {
        level--;
        entry =
            __atomic_load_n(&page_table_of(entry)[page_index(address, level)], __ATOMIC_RELAXED);
        if ((entry & needed) != needed) {
            return 0;
        }
    } while (level > 0 && !(entry & ENTRY_LARGE));
    paddr_t mask = page_span(level) - 1;
    return (entry & ENTRY_ADDRESS & ~mask) + (address & mask);
}

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
    struct page_visit page = {
        .address = canonical(address),
        .page = page_entry_page(entry, level),
        .size = page_span(level),
        .flags = page_flags_of(page_entry_bits(entry, level)),
    };
    walk->visit(walk->context, &page);
}

/* At most four levels deep. `writable`: ENTRY_WRITE, or 0 if all below is protected. */
static void walk_table(const struct walk *walk, uint64_t parent, vaddr_t base, unsigned level,
                       uint64_t writable)
{
    const uint64_t *entries = page_table_of(parent);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t entry = entries[i] & (~ENTRY_WRITE | writable);
        vaddr_t address = base + i * page_span(level);
        if (!(entry & ENTRY_PRESENT)) {
            continue;
        }
        if (level == 0 || (entry & ENTRY_LARGE)) {
            visit(walk, address, entry, level);
        } else {
            walk_table(walk, entry, address, level - 1, entry & ENTRY_WRITE);
        }
    }
}

void page_table_walk(const struct page_table *table,
                     void (*visit_page)(void *context, const struct page_visit *page),
                     void *context)
{
    struct walk walk = {.visit = visit_page, .context = context};
    walk_table(&walk, table->root, 0, LEVELS - 1, ENTRY_WRITE);
}
