/* SPDX-License-Identifier: MIT */
/*
 * Page tables: making and ending them, what their entries say, and the way to an entry. Setting,
 * clearing and write-protecting entries are files of their own.
 */
#include "arch/page_table.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/page_table_load.h"
#include "kernel/base/assert.h"

struct page_table kernel_page_table = {.cpus = ~0ull};

/* Which entries of the kernel half are used, a few, in every root. Immutable after page_table_share_kernel. */
static uint64_t kernel_slots[(ENTRIES - KERNEL_HALF) / 64];

/* The first two words of a table on its way back. To a CPU that still walks it both are absent. */
struct freed_table {
    struct freed_table *next;
    struct page_table *owner;
};
static_assert(_Alignof(struct freed_table) > ENTRY_PRESENT, "a link looks like a present entry");
static_assert(_Alignof(struct page_table) > ENTRY_PRESENT, "an owner looks like a present entry");

page_bits_t page_bits(uint32_t flags)
{
    uint32_t cache = (flags & PAGE_CACHE_MASK) >> PAGE_CACHE_SHIFT;
    return ENTRY_PRESENT | ENTRY_ACCESSED | (flags & PAGE_WRITE ? ENTRY_WRITABLE : 0) |
           (flags & PAGE_USER ? ENTRY_USER : 0) | (flags & PAGE_GLOBAL ? ENTRY_GLOBAL : 0) |
           (flags & PAGE_EXEC ? 0 : ENTRY_NO_EXECUTE) | (cache & 1 ? ENTRY_PWT : 0) |
           (cache & 2 ? ENTRY_PCD : 0) | (cache & 4 ? ENTRY_PAT : 0);
}

uint32_t page_flags_of(page_bits_t bits)
{
    uint32_t cache =
        (bits & ENTRY_PWT ? 1 : 0) | (bits & ENTRY_PCD ? 2 : 0) | (bits & ENTRY_PAT ? 4 : 0);
    return (bits & ENTRY_WRITE ? PAGE_WRITE : 0) | (bits & ENTRY_USER ? PAGE_USER : 0) |
           (bits & ENTRY_GLOBAL ? PAGE_GLOBAL : 0) | (bits & ENTRY_NO_EXECUTE ? 0 : PAGE_EXEC) |
           cache << PAGE_CACHE_SHIFT;
}

uint64_t page_entry(paddr_t page, page_bits_t bits, unsigned level)
{
    if (level == 0) {
        return page | bits;
    }
    return page | (bits & ~ENTRY_PAT) | ENTRY_LARGE | (bits & ENTRY_PAT ? ENTRY_LARGE_PAT : 0);
}

page_bits_t page_entry_bits(uint64_t entry, unsigned level)
{
    uint64_t bits = entry & ~ENTRY_ADDRESS;
    if (level == 0) {
        return bits;
    }
    return (bits & ~ENTRY_LARGE) | (entry & ENTRY_LARGE_PAT ? ENTRY_PAT : 0);
}

void page_path_find(const struct page_table *table, vaddr_t address, unsigned lowest,
                    struct page_path *path)
{
    unsigned level = LEVELS - 1;
    uint64_t *at = page_table_of(table->root) + page_index(address, level);
    path->at[level] = at;
    while (level > lowest && page_entry_is_table(*at)) {
        level--;
        at = page_table_of(*at) + page_index(address, level);
        path->at[level] = at;
    }
    path->level = level;
}

bool page_path_is_writable(const struct page_path *path)
{
    uint64_t all = ENTRY_WRITE;
    for (unsigned upper = path->level + 1; upper < LEVELS; upper++) {
        all &= *path->at[upper];
    }
    return all != 0;
}

void page_table_share_kernel(void)
{
    const uint64_t *kernel = page_table_of(kernel_page_table.root);
    for (unsigned i = 0; i < ENTRIES - KERNEL_HALF; i++) {
        uint64_t used = kernel[KERNEL_HALF + i] != 0;
        kernel_slots[i / 64] |= used << i % 64;
    }
}

/* Makes the kernel half that of another root, or with NULL empty. */
static void kernel_half_set(uint64_t *root, const uint64_t *from)
{
    for (unsigned word = 0; word < sizeof(kernel_slots) / sizeof(kernel_slots[0]); word++) {
        for (uint64_t left = kernel_slots[word]; left != 0; left &= left - 1) {
            unsigned i = KERNEL_HALF + word * 64 + (unsigned)__builtin_ctzll(left);
            root[i] = from != NULL ? from[i] : 0;
        }
    }
}

j6_status_t page_table_init(struct page_table *table)
{
    paddr_t root;
    j6_status_t status = upcall_table_alloc(table, &root);
    if (status != j6_status_ok) {
        return status;
    }
    *table = (struct page_table){.root = root, .tables = 1};
    kernel_half_set(page_table_of(root), page_table_of(kernel_page_table.root));
    return j6_status_ok;
}

/* Acquire: the CPU that cleared its bit last (page_table_load) has nothing to do with it any more. */
void page_table_destroy(struct page_table *table)
{
    if (this_cpu_read(page_table_lingering) == table) {
        page_table_let_go();
    }
    uint64_t lingers = atomic_load_explicit(&table->cpus, memory_order_acquire);
    if (lingers != 0) {
        tlb_shootdown(lingers, NULL, 0);
    }
    assert(atomic_load_explicit(&table->cpus, memory_order_acquire) == 0);
    assert(table->tables == 1); /* so nothing is in the user half */
    kernel_half_set(page_table_of(table->root), NULL);
    upcall_table_free(table, table->root);
    table->tables = 0;
}

void page_batch_add_table(struct page_batch *batch, struct page_table *owner, paddr_t page)
{
    struct freed_table *freed = phys_to_virt(page);
    *freed = (struct freed_table){.next = batch->tables, .owner = owner};
    batch->tables = freed;
    owner->tables--;
    owner->last_parent = NULL;
}

void page_batch_free_tables(struct page_batch *batch)
{
    while (batch->tables != NULL) {
        struct freed_table *freed = batch->tables;
        struct page_table *owner = freed->owner;
        batch->tables = freed->next;
        *freed = (struct freed_table){0};
        upcall_table_free(owner, virt_to_phys(freed));
    }
}
