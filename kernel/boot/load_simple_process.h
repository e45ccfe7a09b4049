/* SPDX-License-Identifier: MIT */
/* The first process: the only program that the kernel itself loads. */
#pragma once
#include "arch/boot_info.h"
#include "kernel/process.h"

/*
 * Maps the module named `init`, gives it the system object, the modules and a description of the boot,
 * and starts it. Panics with the reason if that can't be done.
 */
void load_simple_process(const struct boot_info *boot, struct account *account);
