/* SPDX-License-Identifier: MIT */
/* What a CPU knows of the tables that it has loaded (page_table_load.c). */
#pragma once
#include "arch/page_table.h"
#include "arch/percpu.h"

extern PER_CPU(struct page_table *, page_table_here);
extern PER_CPU(struct page_table *, page_table_lingering);
extern PER_CPU(uint64_t, io_ports_here);

static inline bool table_is_near(const struct page_table *table)
{
    return table == this_cpu_read(page_table_here) || table == this_cpu_read(page_table_lingering);
}

/* This CPU keeps nothing of the table that was loaded last. Any lock may be held. */
void page_table_let_go(void);
