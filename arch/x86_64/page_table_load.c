/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs have a table loaded, and so may remember its entries. The race of who changes entries
 * with who loads the table:
 *
 *   changes                          loads
 *   1. writes the entry              a. sets its bit in `cpus`
 *   2. full fence                    b. writes CR3 (serialising), reads entries from here on
 *   3. reads `cpus`
 *
 * If 3 doesn't see a, then a comes after 2, so b sees 1. Bits are cleared only after CR3 was written.
 */
#include "arch/cpu.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/x86.h"

/* NULL until the kernel's final tables are loaded. */
static PER_CPU(struct page_table *, loaded);

/* The kernel's own bits are all set for good. */
void page_table_load(struct page_table *table)
{
    struct page_table *old = this_cpu_read(loaded);
    if (old == table) {
        return;
    }
    uint64_t bit = cpu_bit(cpu_index());
    if (table != &kernel_page_table) {
        atomic_fetch_or_explicit(&table->cpus, bit, memory_order_seq_cst);
    }
    x86_write_cr3(table->root);
    *this_cpu(loaded) = table;
    if (old != NULL && old != &kernel_page_table) {
        atomic_fetch_and_explicit(&old->cpus, ~bit, memory_order_release);
    }
}

void page_table_aim(struct page_table *table, struct page_batch *batch)
{
    atomic_thread_fence(memory_order_seq_cst);
    batch->cpus |= atomic_load_explicit(&table->cpus, memory_order_relaxed);
}

void page_table_forget(const struct page_table *table)
{
    if (*this_cpu(loaded) == table) {
        x86_write_cr3(table->root);
    }
}

struct page_table *page_table_loaded(void)
{
    return *this_cpu(loaded);
}
