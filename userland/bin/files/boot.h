/* SPDX-License-Identifier: MIT */
/* The tree as it begins: what the boot archive holds, whose files are read from there, and /dev/null. */
#pragma once
#include "userland/bin/files/tree.h"
#include <j6/archive.h>

/*
 * Fills the tree from an archive that lies in that area, which is kept. invalid_arg: the archive is
 * damaged, which the log tells; quota, no_memory.
 */
J6_MUST_USE j6_status_t boot_fill(struct node *root, j6_handle_t area);
