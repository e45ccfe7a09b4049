/* SPDX-License-Identifier: MIT */
/* What waits and endpoint calls read from user memory. */
#pragma once
#include <j6/types.h>
#include <stdint.h>

/* The memory part of an endpoint message; read once, at entry. */
struct j6_message {
    void *data;
    uint64_t len;
    uint64_t cap;
    j6_handle_t *handles;
    uint64_t handle_count;
    uint64_t handle_cap;
};

/* One row of object_wait_many. */
struct j6_wait_item {
    j6_handle_t handle;
    uint64_t mask;
    uint64_t signals;
};
