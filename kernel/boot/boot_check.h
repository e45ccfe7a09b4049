/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader said is used only where it makes sense together: ranges that the machine and
 * the offset map reach, modules that lie in memory of their own, a framebuffer that isn't memory.
 * Pure: everything else is left out, with a warning.
 */
#pragma once
#include "arch/boot_info.h"

/* The largest framebuffer that is mapped. */
#define BOOT_FRAMEBUFFER_LIMIT (256ull << 20)

/* `limit`: the first physical address that can't be used; [start, end): where the kernel lies. */
void boot_info_check(struct boot_info *boot, paddr_t limit, paddr_t kernel_start,
                     paddr_t kernel_end);
