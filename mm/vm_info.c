/* SPDX-License-Identifier: MIT */
#include "mm/vm_info.h"
#include "mm/vm_area.h"
#include "mm/vm_mapping.h"

enum {
    MAP_FLAGS = j6_map_read | j6_map_write | j6_map_exec | j6_map_fixed_size | j6_map_guard,
};

static void mapping_info_locked(const struct vm_mapping *mapping, struct j6_mapping_info *row)
{
    struct vm_area *area = mapping->area; /* kept by the mapping, while that is in the set */
    uint64_t len = mapping->end - mapping->start;
    *row = (struct j6_mapping_info){
        .row_size = sizeof(*row),
        .flags = mapping->flags & MAP_FLAGS,
        .address = mapping->start,
        .len = len,
        .offset = mapping->offset,
        .area = area->object.koid,
    };
    spinlock_lock(&area->lock);
    row->pages = vm_area_pages_locked(area, mapping->offset, len);
    spinlock_unlock(&area->lock);
}

/* One that is being taken out isn't there any more to whoever looks. */
bool vm_space_info(struct vm_space *space, vaddr_t *from, struct j6_mapping_info *out_row)
{
    spinlock_lock(&space->lock);
    struct vm_mapping *mapping = mapping_from(&space->mappings, *from);
    while (mapping != NULL && !mapping->linked) {
        mapping = mapping_next(mapping);
    }
    if (mapping != NULL) {
        mapping_info_locked(mapping, out_row);
        *from = mapping->end;
    }
    spinlock_unlock(&space->lock);
    return mapping != NULL;
}
