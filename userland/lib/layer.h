/* SPDX-License-Identifier: MIT */
/* What serves the calls of a program for Linux, in its process (docs/c-library.md). */
#pragma once
#include "userland/lib/load.h"

/*
 * Loads the layer beside the program; tells its entry, where the process has to start. not_found: there is none.
 */
J6_MUST_USE j6_status_t layer_load(j6_handle_t process, const struct j6_layout_info *layout,
                                   const struct loaded *program, uint64_t *out_entry);
