/* SPDX-License-Identifier: MIT */
/*
 * Reader of what a Multiboot2 boot loader passes in ebx. Pure: it looks at the given bytes alone
 * and writes into *out alone. What is malformed is left out with a warning, so the worst input
 * gives an empty `struct boot_info`, and the caller finds out by what is missing.
 */
#pragma once
#include <j6/status.h>
#include <stddef.h>

#include "arch/boot_info.h"

/*
 * Reads the boot information at `info`, of which `available` bytes may be read. Fails with
 * j6_err_invalid_arg when they don't even hold its head; *out is always written.
 */
J6_MUST_USE j6_status_t multiboot2_read(const void *info, size_t available, struct boot_info *out);
