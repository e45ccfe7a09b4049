/* SPDX-License-Identifier: MIT */
/* The boot loader's screen as a console of the kernel. Nothing happens if there is none. */
#pragma once
#include "arch/boot_info.h"

/* Shows the log from now on, through boot's page tables if they reach the framebuffer. */
void boot_screen_start(const struct boot_info *boot);

/* Shows nothing until boot_screen_remap: what reached the framebuffer is about to go. */
void boot_screen_pause(void);

/* The same as boot_screen_start through a write-combining mapping of the final page tables. */
void boot_screen_remap(const struct boot_info *boot);
