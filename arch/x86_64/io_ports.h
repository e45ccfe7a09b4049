/* SPDX-License-Identifier: MIT */
/*
 * Opening a table's I/O ports on a CPU. A table that has ranges has a version, which no other ever has,
 * and another one after each change; 0 means that it has none.
 */
#pragma once
#include <stdint.h>

struct page_table;

/* User code on this CPU may use the ports of the table from now on, and no others. Returns their version. */
uint64_t io_ports_open(struct page_table *table);
