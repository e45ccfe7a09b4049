/* SPDX-License-Identifier: MIT */
/*
 * The I/O ports that user code of an address space may use: ranges that hang on its page table.
 *
 * Rules: a range belongs to who adds it, and stays as it is until it has been removed. A CPU sees a change
 * when it next loads the table; those that have it loaded (page_table_cpus, asked after the change) each
 * call io_ports_refresh before anybody relies on it.
 */
#pragma once
#include <stdint.h>

struct page_table;

enum { IO_PORTS = 0x10000 };

struct io_range {
    uint32_t first;
    uint32_t count; /* at least 1; the end is at most IO_PORTS */
    struct io_range *next;
};

/* Ranges may overlap: a port can be used while one that holds it is there. Any lock may be held. */
void io_ports_add(struct page_table *table, struct io_range *range);
void io_ports_remove(struct page_table *table, struct io_range *range);

/* This CPU goes by what the ranges of the table that it has loaded are now. For cpu_call. */
void io_ports_refresh(void *unused);
