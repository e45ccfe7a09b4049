/* SPDX-License-Identifier: MIT */
/*
 * Areas and mappings for tests of memory. Offsets and lengths are pages; what fails is reported as a
 * failed expectation, but where a status comes back.
 */
#pragma once
#include "userland/test/main/util.h"

/* One byte of an area, without a mapping. */
void area_put(j6_handle_t area, uint64_t offset, char byte);
char area_get(j6_handle_t area, uint64_t offset);

/* Every nth of so many pages gets its number as its content; and whether all have it. */
void area_fill(j6_handle_t area, uint64_t pages, uint64_t nth);
void expect_filled(j6_handle_t area, uint64_t pages, uint64_t nth);

/* A clone of pages [first, first + count). */
j6_handle_t area_clone(j6_handle_t area, uint64_t first, uint64_t count, uint64_t flags);

/* vma_op_range, of which *len says all on ok. */
j6_status_t area_op(j6_handle_t area, uint64_t op, uint64_t first, uint64_t count);

j6_status_t area_resize(j6_handle_t area, uint64_t pages);

/* Maps a range: of the caller where the kernel likes, or of a process exactly there. */
char *view_map(j6_handle_t area, uint64_t first, uint64_t count, uint64_t flags);
uint64_t view_map_in(j6_handle_t process, uint64_t address, j6_handle_t area, uint64_t first,
                     uint64_t count, uint64_t flags);

/* Maps all of an area exactly there, for the caller. */
char *area_map_at(j6_handle_t area, uint64_t address, uint64_t flags);

j6_status_t unmap(j6_handle_t area, const void *address, uint64_t pages);
j6_status_t protect(j6_handle_t area, const void *address, uint64_t pages, uint64_t flags);

/* Writes a mark at both ends of each page that says which it is; and whether all are there. */
void mark(char *memory, uint64_t pages, uint64_t name);
bool is_marked(const char *memory, uint64_t pages, uint64_t name);
bool is_zero(const char *memory, uint64_t len);

/* A byte of another process's memory. */
void process_put(j6_handle_t process, uint64_t address, char byte);
char process_get(j6_handle_t process, uint64_t address);

void process_end(j6_handle_t process);

/* Objects handed out by the slab cache of that name. */
uint64_t slab_live(const char *name);

/* Whether no more than `limit` frames are used than when `before` were free. */
bool frames_used_at_most(uint64_t limit, uint64_t before);
