/* SPDX-License-Identifier: MIT */
/*
 * What mmap and brk have given to the program, and its segments: regions, each a part of one area (a VMA of Senary)
 * with one protection. Cutting makes two regions of one; they are never joined again, except when one grows.
 *
 * Rules for regions: all under regions_lock. What isn't a region isn't the layer's to change: the program's
 * first stack, the layer itself. What fails changes nothing, unless it says how far it came.
 */
#pragma once
#include "lib/avl.h"
#include <j6/status.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stdint.h>

struct region_area {
    j6_handle_t handle;
    uint64_t size;    /* bytes */
    uint64_t regions; /* that are parts of it; closed with the last */
    bool of_file;     /* its pages come from a file or the program, and aren't discarded */
};

struct region {
    struct avl_node node; /* by start */
    uint64_t start;
    uint64_t end;
    struct region_area *area;
    uint64_t offset; /* of the start */
    uint64_t access; /* j6_map_… */
};

void regions_lock(void);
void regions_unlock(void);

/* The region that the address lies in, else the first one above it, or NULL. */
struct region *region_at(uint64_t address);
struct region *region_next(struct region *region);

/*
 * A new area of `len` bytes, mapped at *address (0: anywhere); with `exactly` there or not at all
 * (collision).
 */
J6_MUST_USE j6_status_t region_make(uint64_t *address, uint64_t len, uint64_t access, bool exactly,
                                    struct region **out_region);

/*
 * The same with an area that there is already: a region of all of it. Takes the handle; of_file: what is in it
 * came from a file.
 */
J6_MUST_USE j6_status_t region_make_of(j6_handle_t handle, bool of_file, uint64_t *address,
                                       uint64_t offset, uint64_t len, uint64_t access, bool exactly,
                                       struct region **out_region);

/* Maps a part of an area, as a region of its own. The area is closed with its last region. */
J6_MUST_USE j6_status_t region_map(struct region_area *area, uint64_t offset, uint64_t len,
                                   uint64_t access, bool exactly, uint64_t *address,
                                   struct region **out_region);

/* What is mapped already, by others. no_memory. */
J6_MUST_USE j6_status_t region_adopt(struct region_area *area, uint64_t start, uint64_t len,
                                     uint64_t access, uint64_t offset);

/* The program's segments become regions, unless they are. */
void regions_take_segments(void);

/* Regions begin or end at both, where there are any. */
J6_MUST_USE j6_status_t regions_cut(uint64_t start, uint64_t end);

/* Takes it out; its pages are gone, if `drop`, else another region of the area has them. */
void region_remove(struct region *region, bool drop);

/* Takes out all that lies within. no_memory: nothing was done. */
J6_MUST_USE j6_status_t regions_remove(uint64_t start, uint64_t end);

/* The first address that no region has, or the end. */
uint64_t regions_end(uint64_t start, uint64_t end);

/* not_found: not all of it is regions. What fails in the middle leaves the rest as it was. */
J6_MUST_USE j6_status_t regions_protect(uint64_t start, uint64_t end, uint64_t access);

/* Gives back the pages of all regions there: they read as zero from now on. */
void regions_discard(uint64_t start, uint64_t end);

/*
 * Makes the region longer, in place, if it is the end of its area and nothing is in the way (collision).
 */
J6_MUST_USE j6_status_t region_grow(struct region *region, uint64_t end);

/* The same bytes elsewhere, and behind them zeros up to `len`. The old region is gone then. */
J6_MUST_USE j6_status_t region_move(struct region *region, uint64_t len, uint64_t *out_address);

/* ---- parts of the above ----------------------------------------------------------------------- */

/* Takes the handle, which is closed if there is no memory for the record (NULL). */
struct region_area *region_area_new(j6_handle_t handle, uint64_t size);

/* Closes an area that has no region yet. */
void region_area_drop(struct region_area *area);

/* Maps a part at that place or, unless `exactly`, elsewhere; tells where. */
J6_MUST_USE j6_status_t region_map_part(const struct region_area *area, uint64_t offset,
                                        uint64_t len, uint64_t access, bool exactly,
                                        uint64_t *address);
