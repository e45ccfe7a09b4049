/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs have a table loaded, and so may remember its entries, and go by its I/O ports. The race of
 * who changes entries or ports with who loads the table:
 *
 *   changes                          loads
 *   1. writes the entry, or the      a. sets its bit in `cpus`
 *      version of the ports          b. writes CR3 (serialising), reads entries from here on,
 *   2. full fence                       and the version
 *   3. reads `cpus`
 *
 * If 3 doesn't see a, then a comes after 2, so b sees 1. Bits are cleared only after CR3 was written.
 */
#include "arch/cpu.h"
#include "arch/io_ports.h"
#include "arch/x86_64/io_ports.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/x86.h"

/* NULL until the kernel's final tables are loaded. */
static PER_CPU(struct page_table *, loaded);

/* The version of the I/O ports that user code may use here: those of `loaded`. */
static PER_CPU(uint64_t, ports);

static __attribute__((noinline)) void ports_change(struct page_table *table)
{
    *this_cpu(ports) = io_ports_open(table);
}

static void ports_load(struct page_table *table)
{
    if (atomic_load_explicit(&table->io_version, memory_order_relaxed) != *this_cpu(ports)) {
        ports_change(table);
    }
}

void io_ports_refresh(void *unused)
{
    (void)unused;
    ports_load(*this_cpu(loaded));
}

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
    ports_load(table); /* the old one's were open for nobody: no user code runs in between */
}

uint64_t page_table_cpus(struct page_table *table)
{
    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load_explicit(&table->cpus, memory_order_relaxed);
}

void page_table_aim(struct page_table *table, struct page_batch *batch)
{
    batch->cpus |= page_table_cpus(table);
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
