/* SPDX-License-Identifier: MIT */
/*
 * The scalars of the ABI and the object types. A handle is 64 bits:
 *
 *     63   60 59           40 39           20 19            0
 *    | type  |     rights    |  generation   |     index     |
 *
 * It names an object in its own process alone; 0 is never valid.
 */
#pragma once
#include <stdint.h>

typedef uint64_t j6_handle_t;
typedef uint64_t j6_status_t; /* j6_status_ok or a reason: <j6/status.h> */
typedef uint64_t j6_time_t;   /* monotonic nanoseconds since boot */
typedef uint64_t j6_koid_t;   /* never used twice; 0 is none */

/* The number in bits 63 to 60 of a handle. */
enum j6_type {
    j6_type_none = 0,
    j6_type_system = 1,
    j6_type_event = 2,
    j6_type_channel = 3,
    j6_type_endpoint = 4,
    j6_type_vma = 5,
    j6_type_process = 6,
    j6_type_thread = 7,
    j6_type_count = 8,
};

enum {
    j6_handle_index_bits = 20,
    j6_handle_generation_shift = 20,
    j6_handle_rights_shift = 40,
    j6_handle_type_shift = 60,
};

static const j6_handle_t j6_handle_none = 0;

/*
 * The calling process and thread: no table entry, nothing kept alive, every right of the type but
 * duplicate and transfer. Generation 0 and the highest index belong to no table entry.
 */
static const j6_handle_t j6_handle_self_process = 0x601f3c00000fffff;
static const j6_handle_t j6_handle_self_thread = 0x70073c00000fffff;

static inline enum j6_type j6_handle_type(j6_handle_t handle)
{
    return (enum j6_type)(handle >> j6_handle_type_shift);
}
