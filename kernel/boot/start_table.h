/* SPDX-License-Identifier: MIT */
/* The handles that the first process starts with, and the area that describes the boot. */
#pragma once
#include "arch/boot_info.h"
#include "kernel/process.h"
#include <j6/start.h>

/*
 * Opens the handles in the process and makes the table that lists them; valid until the next call.
 * Panics if there is no memory.
 */
const struct j6_start_handle *start_table_make(struct process *process,
                                               const struct boot_info *boot, size_t *out_count);
