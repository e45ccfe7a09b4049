/* SPDX-License-Identifier: MIT */
/* Tests of the kernel in the kernel, where nothing else can look. Run when the command line says `test`. */
#pragma once
#include "arch/boot_info.h"

void self_test(const struct boot_info *boot);
