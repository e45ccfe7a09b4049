/* SPDX-License-Identifier: MIT */
/*
 * Takes a handle's value apart. For whoever shows or checks handles; who only uses them needs
 * none of this.
 */
#pragma once
#include <j6/types.h>
#include <stdint.h>

/* The rights, as masks at their place in the value, like the constants of <j6/rights.h>. */
static const uint64_t j6_handle_rights_mask = 0xfffffull << j6_handle_rights_shift;

static inline uint64_t j6_handle_rights(j6_handle_t handle)
{
    return handle & j6_handle_rights_mask;
}

static inline uint32_t j6_handle_generation(j6_handle_t handle)
{
    return handle >> j6_handle_generation_shift & ((1u << j6_handle_index_bits) - 1);
}

static inline uint32_t j6_handle_index(j6_handle_t handle)
{
    return handle & ((1u << j6_handle_index_bits) - 1);
}
