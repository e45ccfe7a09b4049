/* SPDX-License-Identifier: MIT */
/* From an embedded member back to the struct that holds it. */
#pragma once
#include <stddef.h>

/* `ptr` points at `member` of a `type`; another pointer type is a compile-time warning. */
#define container_of(ptr, type, member) \
    ((type *)((char *)(1 ? (ptr) : &((type *)0)->member) - offsetof(type, member)))
