/* SPDX-License-Identifier: MIT */
/* Where boot.asm jumps to: long mode, higher half, boot's page tables and stack, interrupts off. */
#pragma once
#include "arch/types.h"

_Noreturn void kernel_main(paddr_t multiboot2_info, uint64_t entry_tsc);
_Noreturn void kernel_main_on_own_stack(void);
