/* SPDX-License-Identifier: MIT */
/*
 * What calls return. Only 0 means done; a value without bit 63 means "not done, for a reason that
 * is no mistake"; bit 63 marks errors. Results are written on j6_status_ok alone, except sizes
 * with j6_err_insufficient and signals with j6_status_timed_out.
 */
#pragma once
#include <j6/types.h>
#include <stdbool.h>

/* Put before a declaration whose status must not be dropped. */
#define J6_MUST_USE __attribute__((warn_unused_result))

#define J6_ERROR(n) (1ull << 63 | (n))

enum {
    j6_status_ok = 0ull,
    j6_status_closed = 0x1000ull,        /* the object was closed or has ended */
    j6_status_destroyed = 0x1001ull,     /* the last handle and the object are gone */
    j6_status_exists = 0x1002ull,        /* there is one already */
    j6_status_would_block = 0x1003ull,   /* deadline 0, and nothing there */
    j6_status_timed_out = 0x1004ull,     /* the deadline has passed */
    j6_status_futex_changed = 0x1005ull, /* the word no longer holds the value */
    j6_status_cancelled = 0x1006ull,     /* the partner has given up */

    j6_err_nyi = J6_ERROR(1), /* no such call */
    j6_err_unexpected = J6_ERROR(2),
    j6_err_invalid_arg = J6_ERROR(3),
    j6_err_not_ready = J6_ERROR(4),    /* the object hasn't been started */
    j6_err_insufficient = J6_ERROR(5), /* the buffer is too small; the size needed is written */
    j6_err_denied = J6_ERROR(7),       /* the handle lacks a right */
    j6_err_collision = J6_ERROR(8),    /* the place is taken */
    j6_err_no_memory = J6_ERROR(9),
    j6_err_quota = J6_ERROR(10), /* over a limit of the account */
    j6_err_bad_address = J6_ERROR(11),
    j6_err_bad_handle = J6_ERROR(12),
    j6_err_wrong_type = J6_ERROR(13),
    j6_err_bad_state = J6_ERROR(14),
    j6_err_not_found = J6_ERROR(15),
    j6_err_out_of_range = J6_ERROR(16),
};

static inline bool j6_is_error(j6_status_t status)
{
    return status >> 63 != 0;
}
