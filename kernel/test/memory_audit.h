/* SPDX-License-Identifier: MIT */
/*
 * Looks through all memory that processes have, while they still live, at the end of a test boot: what
 * page tables show is what mappings, areas and page trees say; counts of nodes and frames are the
 * number of links to them; nothing is writable and executable, or cached in two ways.
 *
 * Rules: nobody else runs threads.
 */
#pragma once
#include <stdbool.h>

/* False if anything is wrong; the log says what. */
bool memory_audit(void);
