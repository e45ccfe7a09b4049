/* SPDX-License-Identifier: MIT */
/* Amounts for the tests, from the kernel's command line: name=number. */
#pragma once
#include "arch/boot_info.h"
#include <stdbool.h>

void test_options_set(const struct boot_info *boot);

/* The number of an option, or the default. */
uint64_t test_option(const char *name, uint64_t otherwise);

bool test_option_is(const char *name, const char *value);
