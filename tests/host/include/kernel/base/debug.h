/* SPDX-License-Identifier: MIT */
/* Stands in place of the real header: tests want both builds, and choose at run time. */
#pragma once
#include <stdbool.h>

#define KERNEL_DEBUG test_kernel_debug

/* True unless a test says otherwise, before it uses any memory. */
extern bool test_kernel_debug;
