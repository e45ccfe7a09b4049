/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>

/* True if the command line asks for an end without tests; main is to return the code then. */
bool ending_take(int *out_code);

/* Makes memory of all kinds, and processes that live: for the kernel's last look at everything. */
void ending_leave_memory(void);
