/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>

/* True if the command line asks for an end without tests; main is to return the code then. */
bool ending_take(int *out_code);
