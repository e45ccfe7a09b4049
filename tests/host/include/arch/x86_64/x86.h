/* SPDX-License-Identifier: MIT */
/* Stands before the real header: an INVLPG, which a program may not do, is written down. */
#pragma once
#define x86_invlpg machine_invlpg
#include_next "arch/x86_64/x86.h"
#undef x86_invlpg

void x86_invlpg(uint64_t address);
