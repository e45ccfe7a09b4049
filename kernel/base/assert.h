/* SPDX-License-Identifier: MIT */
/*
 * assert states an invariant of ours and stays on in release builds; it never judges what a user
 * handed in. A failed one is a kernel bug: it panics.
 */
#pragma once
#include <stdnoreturn.h>

noreturn void assert_failed(const char *expression, const char *file, int line);

#define assert(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))

#ifndef static_assert
#define static_assert _Static_assert
#endif
