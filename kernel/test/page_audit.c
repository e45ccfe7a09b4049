/* SPDX-License-Identifier: MIT */
/* A second reader of page tables, which shares no code with the first (arch/x86_64/page_walk.c). */
#include "kernel/test/page_audit.h"
#include "arch/x86_64/page_entry.h"

void page_audit_wrong(struct page_audit *audit, const char *what, vaddr_t where)
{
    if (audit->wrong == NULL) {
        audit->wrong = what;
        audit->where = where;
    }
}

/* Bit 47 decides the upper bits of a canonical address. */
static vaddr_t canonical(vaddr_t address)
{
    return (vaddr_t)((int64_t)(address << 16) >> 16);
}

static void audit_page(struct page_audit *audit, uint64_t entry, vaddr_t address, unsigned level,
                       bool writable)
{
    page_bits_t bits = page_entry_bits(entry, level);
    struct page_visit page = {
        .address = address,
        .page = page_entry_page(entry, level),
        .size = page_span(level),
        .flags = page_flags_of(bits),
    };
    bool user = page.flags & PAGE_USER;
    audit->pages += page.size / PAGE_SIZE;
    if ((entry & ENTRY_WRITE) && !(entry & ENTRY_NO_EXECUTE)) {
        page_audit_wrong(audit, "writable and executable", address);
    }
    if (user != (address < OFFSET_MAP)) {
        page_audit_wrong(
            audit, user ? "a user's page in the kernel's half" : "a kernel's page in the user half",
            address);
    }
    if (user && (page.flags & PAGE_GLOBAL)) {
        page_audit_wrong(audit, "a user's page is global", address);
    }
    if (user && level > 1) {
        page_audit_wrong(audit, "a user's page of 1 GiB", address);
    }
    page.flags &= writable ? ~0u : ~(uint32_t)PAGE_WRITE;
    if (audit->visit != NULL) {
        audit->visit(audit, &page);
    }
}

static void audit_table(struct page_audit *audit, uint64_t parent, vaddr_t base, unsigned level,
                        bool writable);

static void audit_upper(struct page_audit *audit, uint64_t entry, vaddr_t address, unsigned level,
                        bool writable)
{
    bool user = address < OFFSET_MAP;
    if ((entry & ENTRY_NO_EXECUTE) || (entry & (ENTRY_PWT | ENTRY_PCD))) {
        page_audit_wrong(audit, "an upper entry withholds what pages allow", address);
    }
    if (user != !!(entry & ENTRY_USER)) {
        page_audit_wrong(audit, "an upper entry's user bit", address);
    }
    audit->tables++;
    audit_table(audit, entry, address, level - 1, writable && (entry & ENTRY_WRITE));
}

/* At most four levels deep. */
static void audit_table(struct page_audit *audit, uint64_t parent, vaddr_t base, unsigned level,
                        bool writable)
{
    const uint64_t *entries = page_table_of(parent);
    uint64_t used = 0;
    for (unsigned i = 0; i < ENTRIES; i++) {
        vaddr_t address = canonical(base + i * page_span(level));
        if (!(entries[i] & ENTRY_PRESENT)) {
            if (entries[i] != 0) {
                page_audit_wrong(audit, "an absent entry isn't zero", address);
            }
            continue;
        }
        used++;
        if (level == 0 || (entries[i] & ENTRY_LARGE)) {
            audit_page(audit, entries[i], address, level, writable);
        } else {
            audit_upper(audit, entries[i], address, level, writable);
        }
    }
    bool counted = level + 1 < page_counted_levels(canonical(base));
    if (counted && (used == 0 || (parent & USED_MASK) >> USED_SHIFT != used)) {
        page_audit_wrong(audit, "a count of used entries", canonical(base));
    }
}

static void audit_half(struct page_audit *audit, unsigned from)
{
    const uint64_t *root = page_table_of(audit->table->root);
    for (unsigned i = from; i < from + KERNEL_HALF; i++) {
        vaddr_t address = canonical(i * page_span(LEVELS - 1));
        if (root[i] & ENTRY_LARGE) {
            page_audit_wrong(audit, "a page in the root", address);
        } else if (root[i] & ENTRY_PRESENT) {
            audit_upper(audit, root[i], address, LEVELS - 1, true);
        } else if (root[i] != 0) {
            page_audit_wrong(audit, "an absent entry isn't zero", address);
        }
    }
}

void page_audit_user(struct page_audit *audit)
{
    audit_half(audit, 0);
    if (audit->tables + 1 != audit->table->tables) {
        page_audit_wrong(audit, "a count of tables", 0);
    }
}

void page_audit_kernel(struct page_audit *audit)
{
    audit_half(audit, KERNEL_HALF);
}
