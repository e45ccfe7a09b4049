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
 *
 * The table that was loaded before lingers: it keeps its bit until a third one is loaded, or somebody asks
 * this CPU to forget something. So threads of two processes that take turns change no bits.
 */
#include "arch/cpu.h"
#include "arch/io_ports.h"
#include "arch/x86_64/io_ports.h"
#include "arch/x86_64/page_entry.h"
#include "arch/x86_64/page_table_load.h"
#include "arch/x86_64/x86.h"

/* NULL until the kernel's final tables are loaded. */
PER_CPU(struct page_table *, page_table_here);

/* The one before that; NULL: none. Never the kernel's. */
PER_CPU(struct page_table *, page_table_lingering);

/* The version of the I/O ports that user code may use here: those of the table that is loaded. */
PER_CPU(uint64_t, io_ports_here);

static __attribute__((noinline)) void ports_change(struct page_table *table)
{
    *this_cpu(io_ports_here) = io_ports_open(table);
}

static void ports_load(struct page_table *table)
{
    if (atomic_load_explicit(&table->io_version, memory_order_relaxed) !=
        this_cpu_read(io_ports_here)) {
        ports_change(table);
    }
}

void io_ports_refresh(void *unused)
{
    (void)unused;
    ports_load(this_cpu_read(page_table_here));
}

/* Release: partner of the acquire in page_table_destroy. */
void page_table_let_go(void)
{
    struct page_table *lingering = this_cpu_read(page_table_lingering);
    if (lingering != NULL) {
        *this_cpu(page_table_lingering) = NULL;
        atomic_fetch_and_explicit(&lingering->cpus, ~cpu_bit(cpu_index()), memory_order_release);
    }
}

/* One that neither is loaded nor lingers here. The kernel's own bits are all set for good. */
static __attribute__((noinline)) void join(struct page_table *table)
{
    page_table_let_go();
    if (table != &kernel_page_table) {
        atomic_fetch_or_explicit(&table->cpus, cpu_bit(cpu_index()), memory_order_seq_cst);
    }
}

void page_table_load(struct page_table *table)
{
    struct page_table *old = this_cpu_read(page_table_here);
    if (old == table) {
        return;
    }
    if (table != this_cpu_read(page_table_lingering)) {
        join(table);
    }
    x86_write_cr3(table->root);
    *this_cpu(page_table_here) = table;
    *this_cpu(page_table_lingering) = old != &kernel_page_table ? old : NULL;
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
    if (this_cpu_read(page_table_here) == table) {
        x86_write_cr3(table->root);
    }
}

bool page_table_is_near(const struct page_table *table)
{
    return table_is_near(table);
}

struct page_table *page_table_loaded(void)
{
    return this_cpu_read(page_table_here);
}
