/* SPDX-License-Identifier: MIT */
/*
 * Lets cmocka's expect_assert_failure find a failed assertion of the kernel's; one that nobody
 * expects fails the test. To be included once in a program.
 */
#pragma once
#include "kernel/base/assert.h"
#include <stdlib.h>
#include <test.h>

noreturn void assert_failed(const char *expression, const char *file, int line)
{
    mock_assert(0, expression, file, line);
    abort();
}
