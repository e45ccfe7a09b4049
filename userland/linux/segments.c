/* SPDX-License-Identifier: MIT */
/*
 * The program's own segments as regions. Few programs change them, so that waits until one does; where they lie
 * the start table says.
 */
#include "lib/page.h"
#include "lib/string.h"
#include "userland/linux/regions.h"
#include <j6/j6.h>

/* Rows of one area stand together: it is that of the row before, or a new one. */
static struct region_area *area_of(const struct j6_start_handle *row, struct region_area *before)
{
    if (before != NULL && before->handle == row->handle) {
        return before;
    }
    struct region_area *area = region_area_new(row->handle, UINT64_MAX);
    if (area != NULL) {
        area->of_file = true;
    }
    return area;
}

static struct region_area *adopt(const struct j6_start_handle *row, struct region_area *before)
{
    struct j6_start_mapping mapping;
    struct region_area *area = area_of(row, before);
    memcpy(&mapping, row->role, sizeof(mapping));
    uint64_t address = page_down(mapping.address);
    if (area != NULL && region_adopt(area, address, mapping.len, mapping.address - address,
                                     mapping.offset) != j6_status_ok) {
        area = NULL; /* it stays what it is, as what isn't a region does */
    }
    return area;
}

void regions_take_segments(void)
{
    static bool taken;
    struct region_area *area = NULL;
    size_t count;
    const struct j6_start_handle *rows = j6_start_rows(&count);
    for (size_t i = 0; i < count && !taken; i++) {
        if (rows[i].kind == j6_start_segment) {
            area = adopt(&rows[i], area);
        }
    }
    taken = true;
}
