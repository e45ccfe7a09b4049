/* SPDX-License-Identifier: MIT */
/* Sets of ranges as described in ranges.h: short lists, so sorting and searching are plain. */
#include "kernel/ranges.h"

bool range_is_valid(const struct j6_range *range)
{
    return range->kind >= j6_range_irq && range->kind <= j6_range_dma && range->zero == 0 &&
           range->count != 0 && range->count <= UINT64_MAX - range->first;
}

static bool comes_before(const struct j6_range *a, const struct j6_range *b)
{
    return a->kind != b->kind ? a->kind < b->kind : a->first < b->first;
}

static void sort(struct j6_range *ranges, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct j6_range range = ranges[i];
        size_t place = i;
        for (; place > 0 && comes_before(&range, &ranges[place - 1]); place--) {
            ranges[place] = ranges[place - 1];
        }
        ranges[place] = range;
    }
}

/* Lets `range` reach to the end of `next`, if that begins inside of it or right behind it. */
static bool extend(struct j6_range *range, const struct j6_range *next)
{
    uint64_t distance = next->first - range->first;
    if (next->kind != range->kind || distance > range->count) {
        return false;
    }
    if (next->count > range->count - distance) {
        range->count = distance + next->count;
    }
    return true;
}

size_t ranges_join(struct j6_range *ranges, size_t count)
{
    sort(ranges, count);
    size_t joined = 0;
    for (size_t i = 0; i < count; i++) {
        if (joined == 0 || !extend(&ranges[joined - 1], &ranges[i])) {
            ranges[joined++] = ranges[i];
        }
    }
    return joined;
}

bool ranges_hold(const struct j6_range *set, size_t set_count, uint32_t kind, uint64_t first,
                 uint64_t count)
{
    for (size_t i = 0; i < set_count; i++) {
        uint64_t distance = first - set[i].first;
        if (set[i].kind == kind && first >= set[i].first && distance < set[i].count) {
            return count != 0 && count <= set[i].count - distance;
        }
    }
    return false;
}
