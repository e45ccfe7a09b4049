/* SPDX-License-Identifier: MIT */
/*
 * Sets of ranges: what a system object allows. A set is an array that ranges_join has put in
 * order: by kind and first number, with nothing that overlaps or adjoins. Pure; locks nothing.
 */
#pragma once
#include <j6/flags.h>
#include <stdbool.h>
#include <stddef.h>

/* A known kind, not empty, the end below 2^64, the spare field zero? */
bool range_is_valid(const struct j6_range *range);

/* Makes a set of valid ranges in any order; returns how many ranges it has. */
size_t ranges_join(struct j6_range *ranges, size_t count);

/* Does the set hold every number of the range? Any values will do for `first` and `count`. */
bool ranges_hold(const struct j6_range *set, size_t set_count, uint32_t kind, uint64_t first,
                 uint64_t count);
